#include "bpf/action.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/seccomp.h>

/* What may follow the name of an action. */
enum action_data { DATA_NONE, DATA_NUMBER, DATA_ERRNO };

static const struct {
	const char *name;
	uint32_t value;
	enum action_data data;
} actions[] = {
	{"allow", SECCOMP_RET_ALLOW, DATA_NONE},
	{"log", SECCOMP_RET_LOG, DATA_NONE},
	{"errno", SECCOMP_RET_ERRNO, DATA_ERRNO},
	{"trap", SECCOMP_RET_TRAP, DATA_NUMBER},
	{"trace", SECCOMP_RET_TRACE, DATA_NUMBER},
	{"notify", SECCOMP_RET_USER_NOTIF, DATA_NONE},
	{"kill-thread", SECCOMP_RET_KILL_THREAD, DATA_NONE},
	{"kill", SECCOMP_RET_KILL_PROCESS, DATA_NONE},
};

/* Second names, which the C library does not tell. */
static const struct {
	const char *name;
	uint32_t value;
} errno_aliases[] = {
	{"EWOULDBLOCK", EWOULDBLOCK},
	{"EDEADLOCK", EDEADLOCK},
	{"ENOTSUP", ENOTSUP},
};

enum {
	ACTION_COUNT = sizeof(actions) / sizeof(actions[0]),
	ALIAS_COUNT = sizeof(errno_aliases) / sizeof(errno_aliases[0]),
	ERRNO_MAX = 4095, /* the kernel cuts greater ones down to it */
};

/* A number of at most MAX, in any base that C writes. */
static bool parse_number(const char *text, uint32_t max, uint32_t *value)
{
	char *end;
	unsigned long number;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoul(text, &end, 0);
	if (errno || *end || number > max)
		return false;
	*value = (uint32_t)number;
	return true;
}

static bool parse_errno(const char *text, uint32_t *value)
{
	for (size_t i = 0; i < ALIAS_COUNT; i++) {
		if (!strcmp(text, errno_aliases[i].name)) {
			*value = errno_aliases[i].value;
			return true;
		}
	}
	for (int i = 1; i <= ERRNO_MAX; i++) {
		const char *name = strerrorname_np(i);

		if (name && !strcmp(text, name)) {
			*value = (uint32_t)i;
			return true;
		}
	}
	return parse_number(text, ERRNO_MAX, value);
}

bool bpf_action_parse(const char *text, uint32_t *action)
{
	size_t len = strcspn(text, ":");
	const char *data = text[len] ? text + len + 1 : NULL;

	for (size_t i = 0; i < ACTION_COUNT; i++) {
		uint32_t value = 0;
		bool good = false;

		if (strlen(actions[i].name) != len || memcmp(actions[i].name, text, len) != 0)
			continue;
		switch (actions[i].data) {
		case DATA_NONE:
			good = !data;
			break;
		case DATA_NUMBER:
			good = !data || parse_number(data, SECCOMP_RET_DATA, &value);
			break;
		case DATA_ERRNO:
			good = data && parse_errno(data, &value);
			break;
		}
		if (good)
			*action = actions[i].value | value;
		return good;
	}
	return false;
}

const char *bpf_action_name(uint32_t action, char name[static BPF_ACTION_NAME_MAX])
{
	uint32_t data = action & SECCOMP_RET_DATA;

	for (size_t i = 0; i < ACTION_COUNT; i++) {
		const char *text = actions[i].name;
		const char *code = NULL;

		if (actions[i].value != (action & SECCOMP_RET_ACTION_FULL))
			continue;
		if (actions[i].data == DATA_ERRNO)
			code = data ? strerrorname_np((int)data) : NULL;
		if (code)
			snprintf(name, BPF_ACTION_NAME_MAX, "%s:%s", text, code);
		else if (data || actions[i].data == DATA_ERRNO)
			snprintf(name, BPF_ACTION_NAME_MAX, "%s:%u", text, data);
		else
			snprintf(name, BPF_ACTION_NAME_MAX, "%s", text);
		return name;
	}
	snprintf(name, BPF_ACTION_NAME_MAX, "0x%08x", action);
	return name;
}
