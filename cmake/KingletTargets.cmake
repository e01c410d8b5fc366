# kinglet_library(NAME SOURCES ... DEPS ...): one static library a folder of src/.
# kinglet_test(NAME SOURCES ... DEPS ... LABELS ...): one GoogleTest program.

include(GNUInstallDirs)

# What every target of ours is compiled with. Floating-point contraction is off and no
# fast-math flag is ever set: the bytes we write must not depend on the compiler's mood.
# -Wno-restrict: g++ 12 warns falsely about concatenated strings (its bug 105329).
add_library(kinglet_flags INTERFACE)
target_compile_features(kinglet_flags INTERFACE cxx_std_20)
target_compile_options(kinglet_flags INTERFACE
  -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${KINGLET_WERROR}>:-Werror>
  $<$<BOOL:${KINGLET_SANITIZE}>:-fsanitize=address,undefined;-fno-sanitize-recover=all;-fno-omit-frame-pointer>)
target_link_options(kinglet_flags INTERFACE
  $<$<BOOL:${KINGLET_SANITIZE}>:-fsanitize=address,undefined>)
target_include_directories(kinglet_flags INTERFACE
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)

# Precompiled headers make a build from scratch twice as fast; with a compiler cache they
# only get in its way.
if(CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
endif()

# The headers of which the folders from ops on include most, compiled once.
function(kinglet_headers)
  file(WRITE ${PROJECT_BINARY_DIR}/headers.cc "")
  add_library(kinglet_headers OBJECT ${PROJECT_BINARY_DIR}/headers.cc)
  target_link_libraries(kinglet_headers PRIVATE kinglet_flags)
  target_precompile_headers(kinglet_headers PRIVATE
    <algorithm> <cmath> <filesystem> <functional> <map> <memory> <ranges> <string> <vector>
    ${PROJECT_SOURCE_DIR}/src/ir/graph.h)
endfunction()

function(kinglet_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS;PRIVATE_DEPS")
  add_library(kinglet_${name} STATIC ${arg_SOURCES})
  target_link_libraries(kinglet_${name} PUBLIC kinglet_flags ${arg_DEPS}
                                        PRIVATE ${arg_PRIVATE_DEPS})
  if(TARGET kinglet_headers)
    target_precompile_headers(kinglet_${name} REUSE_FROM kinglet_headers)
  endif()
endfunction()

# A test names the fields that matter to it and leaves the others as they are.
set(KINGLET_TEST_WARNINGS -Wno-missing-field-initializers)

# The headers that most tests include, compiled once. Tests are built with little
# optimization: what takes time in them is the code under test.
function(kinglet_test_headers)
  file(WRITE ${PROJECT_BINARY_DIR}/test_headers.cc "")
  add_library(kinglet_test_headers OBJECT ${PROJECT_BINARY_DIR}/test_headers.cc)
  target_link_libraries(kinglet_test_headers PRIVATE kinglet_flags GTest::gmock_main)
  target_compile_options(kinglet_test_headers PRIVATE $<$<CONFIG:Release>:-O1> ${KINGLET_TEST_WARNINGS})
  target_precompile_headers(kinglet_test_headers PRIVATE
    <algorithm> <filesystem> <gmock/gmock.h> <gtest/gtest.h> <map> <string> <vector>
    ${PROJECT_SOURCE_DIR}/src/ir/graph.h)
endfunction()

function(kinglet_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS;LABELS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE kinglet_flags ${arg_DEPS} GTest::gmock_main)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE
    KINGLET_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    $<$<BOOL:${KINGLET_SANITIZE}>:KINGLET_SANITIZED>)
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1> ${KINGLET_TEST_WARNINGS})
  target_precompile_headers(${name} REUSE_FROM kinglet_test_headers)
  set_target_properties(${name} PROPERTIES UNITY_BUILD ON)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 600)
endfunction()
