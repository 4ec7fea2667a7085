# SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
# SPDX-License-Identifier: Apache-2.0

function(run)
    message("${ARGN}")
    execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(prefix "${WORK}/prefix")
set(build "${WORK}/consumer")
file(REMOVE_RECURSE "${prefix}" "${WORK}/installed" "${build}")

# Whatever still points into the first prefix fails once the tree is moved.
run("${CMAKE_COMMAND}" --install "${BUILD}" --config "${CONFIG}" --prefix "${WORK}/installed")
file(RENAME "${WORK}/installed" "${prefix}")

set(flags "")
if(SANITIZE)
    set(flags "-fsanitize=${SANITIZE}")
endif()
run("${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/consumer" -B "${build}" -G "${GENERATOR}"
    "-DCMAKE_PREFIX_PATH=${prefix};${PREFIX_PATH}"
    "-DCMAKE_BUILD_TYPE=${CONFIG}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}"
    "-DCMAKE_CXX_FLAGS=${flags}")
run("${CMAKE_COMMAND}" --build "${build}" --config "${CONFIG}")
run("${build}/cpp_consumer")
if(EXISTS "${build}/storage_consumer")
    run("${build}/storage_consumer")
endif()
run("${build}/qml_consumer" "${CMAKE_CURRENT_LIST_DIR}/consumer/Main.qml")
