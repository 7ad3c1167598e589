# One object library per folder of sim/, each with the folders below it on its include path and no other: an include
# against the order of dependence does not compile.
function(lsnn_layer name)
    cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "SOURCES;SEES;LINKS")
    add_library(${name} OBJECT ${layer_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include)
    foreach(folder IN LISTS layer_SEES)
        target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/${folder})
    endforeach()
    target_link_libraries(${name} PRIVATE lsnn_flags ${layer_LINKS})
    set(LSNN_LAYERS ${LSNN_LAYERS} ${name} PARENT_SCOPE)
endfunction()

function(lsnn_glob out)
    file(GLOB found CONFIGURE_DEPENDS ${ARGN})
    list(SORT found)
    set(${out} ${found} PARENT_SCOPE)
endfunction()

set(below_app sim/base sim/analysis sim/engine sim/large sim/io sim/lib)

include(cmake/version.cmake)
lsnn_glob(base_sources sim/base/*.c)
lsnn_layer(lsnn_base SOURCES ${base_sources} ${LSNN_VERSION_SOURCE} SEES sim/base
           LINKS PkgConfig::LSNN_GSL PkgConfig::LSNN_YAML)

lsnn_glob(analysis_sources sim/analysis/*.c)
lsnn_layer(lsnn_analysis SOURCES ${analysis_sources} SEES sim/base sim/analysis LINKS PkgConfig::LSNN_GSL)

lsnn_glob(engine_sources sim/engine/*.c)
lsnn_layer(lsnn_engine SOURCES ${engine_sources} SEES sim/base sim/engine LINKS PkgConfig::LSNN_GSL)

include(cmake/plugins.cmake)
lsnn_layer(lsnn_plugins SOURCES ${LSNN_PLUGIN_SOURCES} ${LSNN_REGISTRY_SOURCE} SEES models)

lsnn_glob(large_sources sim/large/*.c)
lsnn_layer(lsnn_large SOURCES ${large_sources} SEES sim/base sim/engine sim/large LINKS PkgConfig::LSNN_GSL)

lsnn_glob(io_sources sim/io/*.c)
lsnn_layer(lsnn_io SOURCES ${io_sources} SEES sim/base sim/analysis sim/engine sim/large sim/io
           LINKS ${LSNN_HDF5_TARGET} PkgConfig::LSNN_GSL ZLIB::ZLIB)

lsnn_glob(public_sources sim/lib/*.c)
lsnn_layer(lsnn_public SOURCES ${public_sources} SEES ${below_app} LINKS ${LSNN_HDF5_TARGET} PkgConfig::LSNN_GSL)

set(library_layers ${LSNN_LAYERS})

# Between the library and the program.
lsnn_glob(sweep_sources sim/sweep/*.c)
list(FILTER sweep_sources EXCLUDE REGEX "/ranks_.*\\.c$")
set(LSNN_MPI_TARGET "")
if(LSNN_MPI)
    find_package(MPI REQUIRED COMPONENTS C)
    set(LSNN_MPI_TARGET MPI::MPI_C)
    list(APPEND sweep_sources sim/sweep/ranks_mpi.c)
else()
    list(APPEND sweep_sources sim/sweep/ranks_single.c)
endif()
lsnn_layer(lsnn_sweep SOURCES ${sweep_sources} SEES sim/base sim/engine sim/io sim/sweep
           LINKS ${LSNN_HDF5_TARGET} PkgConfig::LSNN_GSL ${LSNN_MPI_TARGET})

# Only the program draws: the library needs no cairo, and who links it need not have it.
pkg_check_modules(LSNN_CAIRO REQUIRED IMPORTED_TARGET cairo)
lsnn_glob(figure_sources sim/figure/*.c)
lsnn_layer(lsnn_figure SOURCES ${figure_sources} SEES sim/base sim/figure LINKS PkgConfig::LSNN_CAIRO)

lsnn_glob(app_sources sim/app/*.c)
list(FILTER app_sources EXCLUDE REGEX "/main\\.c$")
set(report_page ${PROJECT_BINARY_DIR}/report_page.c)
set(report_parts ${PROJECT_SOURCE_DIR}/sim/app/report.css ${PROJECT_SOURCE_DIR}/sim/app/report.js)
add_custom_command(
    OUTPUT ${report_page}
    COMMAND ${CMAKE_COMMAND} -D STYLE=${PROJECT_SOURCE_DIR}/sim/app/report.css
            -D SCRIPT=${PROJECT_SOURCE_DIR}/sim/app/report.js -D OUT=${report_page}
            -P ${PROJECT_SOURCE_DIR}/cmake/write_page.cmake
    DEPENDS ${report_parts} ${PROJECT_SOURCE_DIR}/cmake/write_page.cmake
    COMMENT "Embedding the style and script of reports"
    VERBATIM)
set_source_files_properties(${report_page} PROPERTIES INCLUDE_DIRECTORIES "${PROJECT_SOURCE_DIR}/sim/app")
lsnn_layer(lsnn_app_lib SOURCES ${app_sources} ${report_page} SEES ${below_app} sim/sweep sim/figure sim/app
           LINKS ${LSNN_HDF5_TARGET} PkgConfig::LSNN_GSL)

set(LSNN_LIBRARIES PkgConfig::LSNN_GSL PkgConfig::LSNN_YAML ${LSNN_HDF5_TARGET} ZLIB::ZLIB OpenMP::OpenMP_C m)
list(TRANSFORM library_layers REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE library_objects)
list(TRANSFORM LSNN_LAYERS REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE all_objects)

# The installed library; only what is marked LSNN_API can be seen from outside.
add_library(liblsnn ${library_objects})
add_library(lsnn::lsnn ALIAS liblsnn)
target_include_directories(liblsnn PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                          $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_definitions(liblsnn PUBLIC $<$<BOOL:${LSNN_DOUBLE}>:LSNN_DOUBLE>)
target_link_libraries(liblsnn PRIVATE ${LSNN_LIBRARIES} $<BUILD_INTERFACE:lsnn_flags>)
if(BUILD_SHARED_LIBS)
    # The map is for gcc's clones, which -fvisibility=hidden does not hide.
    target_link_options(liblsnn PRIVATE LINKER:--no-undefined
                        LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/liblsnn.map)
    set_target_properties(liblsnn PROPERTIES LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/liblsnn.map)
endif()
set_target_properties(liblsnn PROPERTIES OUTPUT_NAME lsnn EXPORT_NAME lsnn LINKER_LANGUAGE C
                      VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})

# What the program and the tests link: all layers, hidden symbols included.
add_library(lsnn_whole STATIC ${all_objects})
target_include_directories(lsnn_whole INTERFACE ${PROJECT_SOURCE_DIR}/include)
foreach(folder IN LISTS below_app ITEMS sim/sweep sim/figure sim/app)
    target_include_directories(lsnn_whole INTERFACE ${PROJECT_SOURCE_DIR}/${folder})
endforeach()
target_link_libraries(lsnn_whole PUBLIC lsnn_flags ${LSNN_LIBRARIES} ${LSNN_MPI_TARGET} PkgConfig::LSNN_CAIRO)
set_target_properties(lsnn_whole PROPERTIES LINKER_LANGUAGE C)

add_executable(lsnn sim/app/main.c)
target_link_libraries(lsnn PRIVATE lsnn_whole)
