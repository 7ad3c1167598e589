# The registry: which models, rules, optimisers, samplers, rewirings and tasks there are follows from the files in their folders. Adding
# a file is enough; the list is written anew when one of them changes.
lsnn_glob(LSNN_PLUGIN_SOURCES models/*.c learning/*.c experiments/*/task.c)
foreach(folder IN LISTS LSNN_PLUGINS)
    get_filename_component(folder ${folder} ABSOLUTE)
    if(NOT IS_DIRECTORY ${folder})
        message(FATAL_ERROR "LSNN_PLUGINS: there is no folder ${folder}")
    endif()
    lsnn_glob(further ${folder}/*.c ${folder}/*/task.c)
    list(APPEND LSNN_PLUGIN_SOURCES ${further})
endforeach()

set(LSNN_REGISTRY_SOURCE ${PROJECT_BINARY_DIR}/registry.c)
list(JOIN LSNN_PLUGIN_SOURCES "\n" plugin_list)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/plugins.txt CONTENT "${plugin_list}\n" @ONLY)
add_custom_command(
    OUTPUT ${LSNN_REGISTRY_SOURCE}
    COMMAND ${CMAKE_COMMAND} -D LIST=${PROJECT_BINARY_DIR}/plugins.txt -D OUT=${LSNN_REGISTRY_SOURCE}
            -P ${PROJECT_SOURCE_DIR}/cmake/write_registry.cmake
    DEPENDS ${LSNN_PLUGIN_SOURCES} ${PROJECT_BINARY_DIR}/plugins.txt ${PROJECT_SOURCE_DIR}/cmake/write_registry.cmake
    COMMENT "Listing models, rules, optimisers, samplers, rewirings and tasks"
    VERBATIM)
set_source_files_properties(${LSNN_REGISTRY_SOURCE} PROPERTIES INCLUDE_DIRECTORIES ${PROJECT_SOURCE_DIR}/sim/engine)
