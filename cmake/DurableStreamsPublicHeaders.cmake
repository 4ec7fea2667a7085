# SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
# SPDX-License-Identifier: Apache-2.0

# Makes each public header available as <DurableStreams/ClassName>, in the build tree and after installation.
#
#   durable_streams_public_headers(TARGET LAYER Header.h...)
#
# LAYER is the folder under src/ (or qml); the headers are named relative to the current source folder.
set(DURABLE_STREAMS_INCLUDE_DIR "${PROJECT_BINARY_DIR}/include")

function(durable_streams_public_headers target layer)
    foreach(header IN LISTS ARGN)
        get_filename_component(name "${header}" NAME_WE)
        file(CONFIGURE
            OUTPUT "${DURABLE_STREAMS_INCLUDE_DIR}/DurableStreams/${name}"
            CONTENT "#include \"${CMAKE_CURRENT_SOURCE_DIR}/${header}\"\n" @ONLY)
        file(CONFIGURE
            OUTPUT "${PROJECT_BINARY_DIR}/install-include/DurableStreams/${name}"
            CONTENT "#include \"${layer}/${header}\"\n" @ONLY)
        install(FILES "${PROJECT_BINARY_DIR}/install-include/DurableStreams/${name}"
            DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/DurableStreams")
        install(FILES "${CMAKE_CURRENT_SOURCE_DIR}/${header}"
            DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/DurableStreams/${layer}")
        target_sources(${target} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/${header}")
    endforeach()
endfunction()
