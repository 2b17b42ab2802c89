/* program_path: where execvp() would find a program. */
#ifndef SCML_PROGRAM_PATH_H
#define SCML_PROGRAM_PATH_H

#include <stddef.h>

/**
 * The file that the command NAME stands for, to PATH (SIZE bytes): NAME itself if it has a
 * slash, else the first executable file of that name in the folders of PATH.
 * @return 0; ENOENT where there is none; EACCES where what there is may not be executed;
 *         ENAMETOOLONG
 */
int program_path(const char *name, char *path, size_t size);

#endif
