# Man pages and completions, made of what the programs say with --help (compiler/help/collect.sh).
find_program(AWK NAMES awk mawk gawk REQUIRED)

# The day of the newest entry of CHANGELOG.md, as man pages write it.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS CHANGELOG.md)
file(STRINGS CHANGELOG.md entry REGEX "^## \\[${PROJECT_VERSION}\\] - ")
string(REGEX REPLACE ".* - " "" SCML_RELEASE_DAY "${entry}")
string(REGEX MATCH "^([0-9]+)-0?([0-9]+)-0?([0-9]+)$" day "${SCML_RELEASE_DAY}")
if(NOT day)
	message(FATAL_ERROR "CHANGELOG.md has no entry '## [${PROJECT_VERSION}] - YEAR-MONTH-DAY'")
endif()
set(months January February March April May June July August September October November December)
math(EXPR month "${CMAKE_MATCH_2} - 1")
list(GET months ${month} month)
set(day "${month} ${CMAKE_MATCH_3}, ${CMAKE_MATCH_1}")

set(HELP ${PROJECT_SOURCE_DIR}/compiler/help)
set(MADE ${PROJECT_BINARY_DIR}/help)
set(TABLE ${MADE}/options.tsv)
file(MAKE_DIRECTORY ${MADE}/man ${MADE}/completions)
add_custom_command(OUTPUT ${TABLE}
	COMMAND sh ${HELP}/collect.sh $<TARGET_FILE:scmlc> $<TARGET_FILE:scmltrace> $<TARGET_FILE:scmlrun> > ${TABLE}
	DEPENDS scmlc scmltrace scmlrun ${HELP}/collect.sh ${HELP}/table.awk COMMENT "Asking the programs for help" VERBATIM)

set(made "")
foreach(page compiler/scmlc.1 runtime/scmltrace.1 runtime/scmlrun.1 runtime/libscml.3 grammar/scml.5)
	get_filename_component(name ${page} NAME)
	get_filename_component(section ${page} LAST_EXT)
	string(SUBSTRING ${section} 1 -1 section)
	set(out ${MADE}/man/${name})
	set(source ${PROJECT_SOURCE_DIR}/${page}.in)
	add_custom_command(OUTPUT ${out}
		COMMAND ${AWK} -v "date=${day}" -f ${HELP}/man.awk ${TABLE} ${source} > ${out}
		DEPENDS ${TABLE} ${source} ${HELP}/man.awk VERBATIM)
	set(component programs)
	if(section STREQUAL 3)
		set(component development)
	endif()
	if(GZIP)
		add_custom_command(OUTPUT ${out}.gz COMMAND ${GZIP} -9nc ${out} > ${out}.gz DEPENDS ${out} VERBATIM)
		set(out ${out}.gz)
	endif()
	list(APPEND made ${out})
	install(FILES ${out} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT ${component})
endforeach()

# completion(SHELL PROGRAM FILE FOLDER): what SHELL reads in FOLDER to complete PROGRAM.
function(completion shell program file folder)
	set(out ${MADE}/completions/${file})
	add_custom_command(OUTPUT ${out}
		COMMAND ${AWK} -v program=${program} -f ${HELP}/${shell}.awk ${TABLE} > ${out}
		DEPENDS ${TABLE} ${HELP}/${shell}.awk VERBATIM)
	install(FILES ${out} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder} COMPONENT programs)
	set(made ${made} ${out} PARENT_SCOPE)
endfunction()
foreach(program scmlc scmltrace scmlrun)
	completion(bash ${program} ${program} bash-completion/completions)
	completion(zsh ${program} _${program} zsh/vendor-completions)
	completion(fish ${program} ${program}.fish fish/vendor_completions.d)
endforeach()
add_custom_target(scml_help ALL DEPENDS ${made})
