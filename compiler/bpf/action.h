/* action: what a filter answers, as people write it and as the kernel encodes it. */
#ifndef SCML_BPF_ACTION_H
#define SCML_BPF_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BPF_ACTION_NAME_MAX = 40 };

/** The forms that bpf_action_parse() takes, for messages and --help. */
#define BPF_ACTION_FORMS \
	"allow, log, errno:NAME, trap[:N], trace[:N], notify, kill-thread or kill"

/** The SECCOMP_RET_* value that TEXT stands for, to *ACTION; false where it is none. */
bool bpf_action_parse(const char *text, uint32_t *action);

/**
 * ACTION as bpf_action_parse() takes it, written to NAME and returned. A value that no text
 * stands for is written so that it cannot be mistaken for one: `allow:5`, `0x12340000`.
 */
const char *bpf_action_name(uint32_t action, char name[static BPF_ACTION_NAME_MAX]);

#endif
