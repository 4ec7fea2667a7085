# SPDX-FileCopyrightText: 2026 The Durable Streams for Qt authors
# SPDX-License-Identifier: Apache-2.0

# What `cmake --install` puts where, and the CMake package for find_package(DurableStreams). The public headers are
# installed by durable_streams_public_headers().

include(CMakePackageConfigHelpers)

set(DURABLE_STREAMS_INSTALL_QMLDIR "${CMAKE_INSTALL_LIBDIR}/qt6/qml" CACHE STRING
    "Folder for the QML module, relative to the prefix")
set(DURABLE_STREAMS_INSTALL_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/DurableStreams")

# Lets TARGET, installed in FOLDER, find the installed libraries wherever the whole prefix is moved to.
function(durable_streams_install_rpath target folder)
    file(RELATIVE_PATH to_libraries "/prefix/${folder}" "/prefix/${CMAKE_INSTALL_LIBDIR}")
    set_target_properties(${target} PROPERTIES
        INSTALL_RPATH "$<IF:$<PLATFORM_ID:Darwin>,@loader_path,$ORIGIN>/${to_libraries}")
endfunction()

# The targets of one component of the package. Each component is an export set of its own, so that a program that uses
# only one need not have what the others depend on.
function(durable_streams_install_component component target)
    durable_streams_install_rpath(${target} "${CMAKE_INSTALL_LIBDIR}")
    install(TARGETS ${target} ${ARGN} EXPORT DurableStreams${component}Targets
        OBJECTS DESTINATION "${CMAKE_INSTALL_LIBDIR}")
    install(EXPORT DurableStreams${component}Targets
        NAMESPACE DurableStreams::
        DESTINATION "${DURABLE_STREAMS_INSTALL_CMAKEDIR}")
endfunction()

durable_streams_install_component(Core DurableStreamsCore)

if(TARGET DurableStreamsStorage)
    durable_streams_install_component(Storage DurableStreamsStorage)
endif()

if(TARGET DurableStreamsServer)
    durable_streams_install_component(Server DurableStreamsServer)
endif()

if(TARGET DurableStreamsQuick)
    get_target_property(folder DurableStreamsQuick QT_QML_MODULE_OUTPUT_DIRECTORY)
    set(qml_module_dir "${DURABLE_STREAMS_INSTALL_QMLDIR}/DurableStreams")
    install(DIRECTORY "${folder}/" DESTINATION "${qml_module_dir}"
        FILES_MATCHING PATTERN qmldir PATTERN "*.qmltypes" PATTERN "*.qml")
    durable_streams_install_component(Quick DurableStreamsQuick)
    durable_streams_install_rpath(DurableStreamsQuickplugin "${qml_module_dir}")
    install(TARGETS DurableStreamsQuickplugin
        LIBRARY DESTINATION "${qml_module_dir}"
        RUNTIME DESTINATION "${qml_module_dir}")
endif()

foreach(program IN ITEMS durable-stream-server durable-stream kanban)
    if(TARGET ${program})
        durable_streams_install_rpath(${program} "${CMAKE_INSTALL_BINDIR}")
        install(TARGETS ${program})
    endif()
endforeach()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/DurableStreamsConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/DurableStreamsConfig.cmake"
    INSTALL_DESTINATION "${DURABLE_STREAMS_INSTALL_CMAKEDIR}"
    PATH_VARS DURABLE_STREAMS_INSTALL_QMLDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/DurableStreamsConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(
    FILES
        "${PROJECT_BINARY_DIR}/DurableStreamsConfig.cmake"
        "${PROJECT_BINARY_DIR}/DurableStreamsConfigVersion.cmake"
    DESTINATION "${DURABLE_STREAMS_INSTALL_CMAKEDIR}")
