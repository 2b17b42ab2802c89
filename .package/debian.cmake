# The Debian packages, made by `cpack` in the build folder: scml (programs), libscml0, libscml-dev.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME scml)
set(CPACK_PACKAGE_VENDOR "the SCML toolchain contributors")
set(SCML_MAINTAINER "The SCML toolchain contributors <scml@packages.example>" CACHE STRING
	"name and address in the Debian packages")
set(CPACK_PACKAGE_CONTACT ${SCML_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "compiler, tracer and library for rules about system calls")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)

set(CPACK_COMPONENTS_ALL programs library development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# Before -1, so that a package of Debian's own of the same version is newer.
set(CPACK_DEBIAN_PACKAGE_RELEASE 0upstream1)
set(CPACK_POST_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/.package/mend_packages.cmake)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/runtime)

set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME scml)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SUGGESTS "strace, bubblewrap")
set(CPACK_COMPONENT_PROGRAMS_DESCRIPTION "SCML, the System Call Matching Language, says in short rules \
which system
calls, flags and structures an operating system or a sandbox supports.
.
scmlc compiles and checks such rules: to seccomp filters, tables,
documentation and JSON. scmltrace shows the calls of a program, or of an
strace log, that the rules do not support. scmlrun runs a program under a
filter and names the calls that it stops.")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libscml0)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBS "libscml 0 libscml0 (>= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA
	"${PROJECT_BINARY_DIR}/debian/shlibs;${PROJECT_BINARY_DIR}/debian/triggers")
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "libscml gives the verdict of tables that scmlc made of SCML rules for
a system call, and puts compiled seccomp filters on a process.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libscml-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libscml0 (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}), libc6-dev")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS scml)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Headers, the static library, pkg-config and CMake files and examples of
libscml, which gives the verdict of compiled SCML rules for system calls.")

file(WRITE ${PROJECT_BINARY_DIR}/debian/shlibs "libscml 0 libscml0 (>= ${PROJECT_VERSION})\n")
file(WRITE ${PROJECT_BINARY_DIR}/debian/triggers "activate-noawait ldconfig\n")

# Debian wants a changelog of its own form in each package. Its date is that of CHANGELOG.md's entry.
find_program(DATE date)
if(GZIP AND DATE)
	execute_process(COMMAND ${DATE} -u -R -d ${SCML_RELEASE_DAY} OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE
		COMMAND_ERROR_IS_FATAL ANY)
	foreach(component programs library development)
		string(TOUPPER ${component} upper)
		set(package ${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
		set(folder ${PROJECT_BINARY_DIR}/debian/${package})
		file(WRITE ${folder}/changelog.Debian "${package} (${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium\n\n\
  * New upstream version; /usr/share/doc/scml/changelog.gz says what is new.\n\n\
 -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
		execute_process(COMMAND ${GZIP} -9nf ${folder}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
		install(FILES ${folder}/changelog.Debian.gz .package/copyright
			DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
	endforeach()
endif()
include(CPack)
