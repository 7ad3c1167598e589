# Writes version.c (-D OUT) if what it says has changed.
cmake_policy(VERSION 3.22)
set(COMMIT unknown)
set(DIRTY false)
find_program(GIT git)
if(GIT)
    execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --show-cdup HEAD
                    OUTPUT_VARIABLE answer RESULT_VARIABLE failed ERROR_QUIET)
    # The first line is empty in the top folder of a work tree: a release unpacked inside a foreign repository is not it.
    if(NOT failed AND answer MATCHES "^\n([0-9a-f]+)")
        set(COMMIT ${CMAKE_MATCH_1})
        execute_process(COMMAND ${GIT} -C ${SOURCE} status --porcelain OUTPUT_VARIABLE changes ERROR_QUIET)
        if(NOT changes STREQUAL "")
            set(DIRTY true)
            string(APPEND COMMIT "-dirty")
        endif()
    endif()
endif()
configure_file(${SOURCE}/cmake/version.c.in ${OUT} @ONLY)
