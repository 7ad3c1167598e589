# What `cmake --install` puts where: the program, liblsnn with headers, pkg-config file and CMake package, the experiments.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/lsnn)

install(TARGETS lsnn RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS liblsnn EXPORT lsnn
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES include/lsnn.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/lsnn DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY experiments DESTINATION ${CMAKE_INSTALL_DATADIR}/lsnn
        FILES_MATCHING PATTERN "*.c" PATTERN "*.yaml" PATTERN "*.md" PATTERN "*.csv" PATTERN "*.svg"
        PATTERN fetch PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE
        PATTERN data EXCLUDE PATTERN runs EXCLUDE)

install(EXPORT lsnn NAMESPACE lsnn:: FILE lsnnTargets.cmake DESTINATION ${package_dir})
configure_package_config_file(cmake/lsnnConfig.cmake.in ${PROJECT_BINARY_DIR}/lsnnConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lsnnConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/lsnnConfig.cmake ${PROJECT_BINARY_DIR}/lsnnConfigVersion.cmake
              cmake/dependencies.cmake DESTINATION ${package_dir})

# A static liblsnn makes its users link what it needs; a shared one brings it along.
set(needs "gsl yaml-0.1 zlib")
set(libraries "${OpenMP_C_FLAGS} -lm")
if(LSNN_HDF5_FOUND)
    string(APPEND needs " hdf5-serial")
else()
    list(JOIN HDF5_C_LIBRARIES " " hdf5_libraries)
    string(APPEND libraries " ${hdf5_libraries}")
endif()
if(BUILD_SHARED_LIBS)
    set(pc_needs_private "${needs}")
    set(pc_libraries_private "${libraries}")
else()
    set(pc_needs "${needs}")
    set(pc_libraries "${libraries}")
endif()
if(LSNN_DOUBLE)
    set(pc_definitions "-DLSNN_DOUBLE")
endif()
set(pc_folder ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pc_libdir ${pc_folder} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH pc_includedir ${pc_folder} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(cmake/lsnn.pc.in ${PROJECT_BINARY_DIR}/lsnn.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/lsnn.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
