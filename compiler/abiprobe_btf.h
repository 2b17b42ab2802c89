/* abiprobe_btf: the memory layouts of a running kernel, from its own description (BTF). */
#ifndef SCML_ABIPROBE_BTF_H
#define SCML_ABIPROBE_BTF_H

#include "abi_yaml.h"

enum abiprobe_btf_result { ABIPROBE_BTF_SAME, ABIPROBE_BTF_DIFFERS, ABIPROBE_BTF_SKIPPED };

/**
 * Compare the structs of FILES, which DB was loaded from, on the architecture of this machine
 * with the BTF in PATH (NULL: the running kernel's). Size, offset, and a field's width, sign,
 * byte order and kind must be the same. What the kernel calls otherwise is in FOLDER/btf.tsv.
 * Skipped where there is no BTF, or abiprobe was built without libbpf.
 */
enum abiprobe_btf_result abiprobe_btf(const struct abi_db *db, const struct abi_files *files,
				      const char *folder, const char *path);

#endif
