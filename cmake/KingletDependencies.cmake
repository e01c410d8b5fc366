# Everything comes from Debian packages; nothing is downloaded.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(TBB REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(sndfile REQUIRED IMPORTED_TARGET sndfile)
pkg_check_modules(libmd REQUIRED IMPORTED_TARGET libmd)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
find_program(FLATC flatc REQUIRED)
if(KINGLET_TESTS)
  find_package(GTest REQUIRED)
endif()

# HDF5's C library, linked statically: it adds 3 MB and drops the shared one's closure.
find_path(HDF5_INCLUDE hdf5.h PATH_SUFFIXES hdf5/serial REQUIRED)
find_library(HDF5_STATIC libhdf5.a PATH_SUFFIXES hdf5/serial REQUIRED)
find_library(SZIP_LIBRARY sz REQUIRED)
add_library(hdf5_static INTERFACE)
target_include_directories(hdf5_static SYSTEM INTERFACE ${HDF5_INCLUDE})
target_link_libraries(hdf5_static INTERFACE
  ${HDF5_STATIC} ${SZIP_LIBRARY} ZLIB::ZLIB Threads::Threads ${CMAKE_DL_LIBS} m)
