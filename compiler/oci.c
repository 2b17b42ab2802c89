#include "oci.h"

#include <stddef.h>
#include <string.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

static const char *const ops[] = {
	[OCI_NE] = "SCMP_CMP_NE",
	[OCI_LT] = "SCMP_CMP_LT",
	[OCI_LE] = "SCMP_CMP_LE",
	[OCI_EQ] = "SCMP_CMP_EQ",
	[OCI_GE] = "SCMP_CMP_GE",
	[OCI_GT] = "SCMP_CMP_GT",
	[OCI_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
};

/* The first name of an action is the one that is written. */
static const struct {
	const char *name;
	uint32_t action;
	bool has_number;
} actions[] = {
	{"SCMP_ACT_ALLOW", SECCOMP_RET_ALLOW, false},
	{"SCMP_ACT_LOG", SECCOMP_RET_LOG, false},
	{"SCMP_ACT_ERRNO", SECCOMP_RET_ERRNO, true},
	{"SCMP_ACT_TRAP", SECCOMP_RET_TRAP, false},
	{"SCMP_ACT_TRACE", SECCOMP_RET_TRACE, true},
	{"SCMP_ACT_NOTIFY", SECCOMP_RET_USER_NOTIF, false},
	{"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD, false},
	{"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD, false},
	{"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS, false},
};

static const struct {
	uint32_t audit;
	const char *name;
	const char *go_name;
} archs[] = {
	{AUDIT_ARCH_X86_64, "SCMP_ARCH_X86_64", "amd64"},
	{AUDIT_ARCH_AARCH64, "SCMP_ARCH_AARCH64", "arm64"},
	{AUDIT_ARCH_RISCV64, "SCMP_ARCH_RISCV64", "riscv64"},
};

enum {
	OPS = sizeof(ops) / sizeof(ops[0]),
	ACTIONS = sizeof(actions) / sizeof(actions[0]),
	ARCHS = sizeof(archs) / sizeof(archs[0]),
};

const char *oci_op_name(enum oci_op op)
{
	return ops[op];
}

bool oci_op_named(const char *name, enum oci_op *op)
{
	for (size_t i = 0; i < OPS; i++) {
		if (strcmp(ops[i], name) == 0) {
			*op = (enum oci_op)i;
			return true;
		}
	}
	return false;
}

const char *oci_action_name(uint32_t action)
{
	for (size_t i = 0; i < ACTIONS; i++) {
		uint32_t number = action & SECCOMP_RET_DATA;

		if (actions[i].action == (action & SECCOMP_RET_ACTION_FULL))
			return number && !actions[i].has_number ? NULL : actions[i].name;
	}
	return NULL;
}

bool oci_action_named(const char *name, uint32_t *action)
{
	for (size_t i = 0; i < ACTIONS; i++) {
		if (strcmp(actions[i].name, name) == 0) {
			*action = actions[i].action;
			return true;
		}
	}
	return false;
}

bool oci_action_has_number(uint32_t action)
{
	for (size_t i = 0; i < ACTIONS; i++)
		if (actions[i].action == (action & SECCOMP_RET_ACTION_FULL))
			return actions[i].has_number;
	return false;
}

const char *oci_arch_name(uint32_t audit)
{
	for (size_t i = 0; i < ARCHS; i++)
		if (archs[i].audit == audit)
			return archs[i].name;
	return NULL;
}

bool oci_is_go_arch(const char *name, uint32_t audit)
{
	for (size_t i = 0; i < ARCHS; i++)
		if (archs[i].audit == audit)
			return strcmp(archs[i].go_name, name) == 0;
	return false;
}
