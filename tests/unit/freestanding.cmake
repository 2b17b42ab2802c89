# The matcher core needs nothing from outside: compile it as a kernel would, without registers of
# floating point, link the objects with each other, and list what is undefined. Compilers may call
# the memory functions that every kernel has.
# cmake -DCC=COMPILER -DNM=NM -DFLAGS=... -DFILES=NAME;... -DSOURCE=REPOSITORY -DWORK=DIRECTORY
#	-P freestanding.cmake
find_program(COMPILER ${CC})
if(NOT COMPILER)
	message("SKIP: there is no ${CC}")
	return()
endif()
file(MAKE_DIRECTORY ${WORK})
set(objects)
foreach(name ${FILES})
	set(object ${WORK}/${name}.o)
	execute_process(
		COMMAND ${COMPILER} -std=c11 -O2 -Wall -Wextra -Werror -ffreestanding -nostdlib
			-fno-stack-protector ${FLAGS} -I${SOURCE}/runtime/include
			-c ${SOURCE}/runtime/${name}.c -o ${object}
		RESULT_VARIABLE failed)
	if(failed)
		message(FATAL_ERROR "${name}.c does not compile freestanding")
	endif()
	list(APPEND objects ${object})
endforeach()
execute_process(COMMAND ${COMPILER} -nostdlib -r ${objects} -o ${WORK}/core.o
	RESULT_VARIABLE failed)
if(failed)
	message(FATAL_ERROR "the objects do not link")
endif()
execute_process(COMMAND ${NM} -g --defined-only ${WORK}/core.o OUTPUT_VARIABLE defined
	RESULT_VARIABLE failed)
if(failed OR NOT defined MATCHES "scml_match" OR NOT defined MATCHES "scml_table_check")
	message(FATAL_ERROR "the core does not define its functions:\n${defined}")
endif()
execute_process(COMMAND ${NM} -u ${WORK}/core.o OUTPUT_VARIABLE undefined
	RESULT_VARIABLE failed)
string(REGEX REPLACE " *U mem(cpy|move|set|cmp)\n" "" undefined "${undefined}")
string(STRIP "${undefined}" undefined)
if(failed OR NOT undefined STREQUAL "")
	message(FATAL_ERROR "the core needs symbols from outside:\n${undefined}")
endif()
