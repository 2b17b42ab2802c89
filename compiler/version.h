/* version: one place for it, the project() line of CMakeLists.txt. */
#ifndef SCML_VERSION_H
#define SCML_VERSION_H

#ifndef SCML_VERSION
#error "SCML_VERSION is defined by the build"
#endif

#endif
