# The libraries that lsnn stands on. The installed lsnnConfig.cmake includes this file too, so that a static liblsnn
# finds them again on the user's machine.

# In a project of C++ alone there is no C that CMake could ask; a program is linked with the same OpenMP by either.
get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
if(C IN_LIST languages)
    find_package(OpenMP REQUIRED COMPONENTS C)
elseif(NOT TARGET OpenMP::OpenMP_C)
    find_package(OpenMP REQUIRED COMPONENTS CXX)
    add_library(OpenMP::OpenMP_C INTERFACE IMPORTED)
    target_link_libraries(OpenMP::OpenMP_C INTERFACE OpenMP::OpenMP_CXX)
endif()
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LSNN_GSL REQUIRED IMPORTED_TARGET gsl)
pkg_check_modules(LSNN_YAML REQUIRED IMPORTED_TARGET yaml-0.1)

# Debian's plain `hdf5` becomes the MPI build as soon as libhdf5-openmpi-dev is installed; its serial one has a name of
# its own.
pkg_check_modules(LSNN_HDF5 QUIET IMPORTED_TARGET hdf5-serial)
if(LSNN_HDF5_FOUND)
    set(LSNN_HDF5_TARGET PkgConfig::LSNN_HDF5)
else()
    set(HDF5_PREFER_PARALLEL OFF)
    find_package(HDF5 REQUIRED COMPONENTS C)
    set(LSNN_HDF5_TARGET hdf5::hdf5)
endif()
