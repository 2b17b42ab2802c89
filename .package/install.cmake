# What `cmake --install` puts where. Components are what the Debian packages are made of: `programs`
# (scml), `library` (libscml0) and `development` (libscml-dev).
include(CMakePackageConfigHelpers)

install(TARGETS scmlc scmltrace scmlrun RUNTIME COMPONENT programs)
install(TARGETS scml_shared EXPORT scml
	LIBRARY COMPONENT library NAMELINK_COMPONENT development)
install(TARGETS scml EXPORT scml ARCHIVE COMPONENT development)
install(FILES runtime/include/scml.h runtime/include/scml_filter.h TYPE INCLUDE COMPONENT development)

set(SCML_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/scml)
install(EXPORT scml NAMESPACE scml:: FILE scml-targets.cmake DESTINATION ${SCML_CMAKE_DIR}
	COMPONENT development)
configure_file(.package/scml-config.cmake.in scml-config.cmake @ONLY)
write_basic_package_version_file(scml-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/scml-config.cmake ${PROJECT_BINARY_DIR}/scml-config-version.cmake
	DESTINATION ${SCML_CMAKE_DIR} COMPONENT development)

# Relative to where the file is found, so that the tree may stand anywhere.
file(RELATIVE_PATH PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" PC_PREFIX ${PC_PREFIX})
configure_file(.package/scml.pc.in scml.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/scml.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
	COMPONENT development)

install(DIRECTORY runtime/examples DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libscml-dev
	COMPONENT development)

find_program(GZIP gzip)
set(changelog CHANGELOG.md)
if(GZIP)
	set(changelog ${PROJECT_BINARY_DIR}/changelog.gz)
	execute_process(COMMAND ${GZIP} -9nc ${PROJECT_SOURCE_DIR}/CHANGELOG.md OUTPUT_FILE ${changelog}
		COMMAND_ERROR_IS_FATAL ANY)
endif()
install(FILES README.md ${changelog} specs/networking-and-sockets.scml
	DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/scml COMPONENT programs)
