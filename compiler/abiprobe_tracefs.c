#include <stdio.h>
#include <string.h>

#include "abiprobe.h"

enum { MAX_LINE = 4096 };

/* What a C type of the kernel's list must be in the database. */
static bool type_fits(const char *c_type, const struct abi_slot *slot)
{
	static const struct {
		const char *name;
		uint8_t bits; /* 0: a word */
		bool is_signed;
	} types[] = {
		{"int", 32, true},	     {"unsigned int", 32, false},
		{"unsigned", 32, false},     {"long", 0, true},
		{"unsigned long", 0, false}, {"size_t", 0, false},
		{"off_t", 0, true},	     {"loff_t", 64, true},
		{"u32", 32, false},	     {"__s32", 32, true},
		{"__u32", 32, false},	     {"u64", 64, false},
		{"__u64", 64, false},	     {"pid_t", 32, true},
		{"uid_t", 32, false},	     {"gid_t", 32, false},
		{"qid_t", 32, false},	     {"umode_t", 16, false},
		{"key_t", 32, true},	     {"key_serial_t", 32, true},
		{"mqd_t", 32, true},	     {"clockid_t", 32, true},
		{"timer_t", 32, true},	     {"rwf_t", 32, true},
		{"aio_context_t", 0, false}, {"enum landlock_rule_type", 32, false},
	};
	const struct abi_type_info *info = abi_type((enum abi_type)slot->type);

	if (strncmp(c_type, "const ", 6) == 0 && !strchr(c_type, '*'))
		c_type += 6;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		bool is_special = slot->type == ABI_TYPE_FD || slot->type == ABI_TYPE_DIRFD ||
				  slot->type == ABI_TYPE_PID || slot->type == ABI_TYPE_UID;

		if (strcmp(types[i].name, c_type) != 0)
			continue;
		if (slot->type == ABI_TYPE_FD && types[i].bits == 0)
			return true; /* the kernel hands it on as an int */
		if (!types[i].bits && slot->type == ABI_TYPE_PTR)
			return true;
		if (types[i].bits == 64 && !info->bits)
			return info->is_signed == types[i].is_signed;
		return info->bits == types[i].bits &&
		       (is_special || info->is_signed == types[i].is_signed);
	}
	return slot->type == ABI_TYPE_PTR || !info->bits;
}

/* The list has the names of the kernel's functions, which some calls share. */
static const char *call_name(const char *traced)
{
	static const char *const names[][2] = {
		{"newstat", "stat"},   {"newfstat", "fstat"}, {"newlstat", "lstat"},
		{"newuname", "uname"}, {"umount", "umount2"}, {"sendfile64", "sendfile"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i][0], traced) == 0)
			return names[i][1];
	return traced;
}

static bool check_param(const char *call, unsigned at, const char *type,
			const struct abi_param *params, size_t count, const struct abi_db *db)
{
	if (at >= count) {
		printf("%s: the kernel has a parameter %u of type '%s'\n", call, at + 1, type);
		return false;
	}
	if (type_fits(type, &params[at].slot))
		return true;
	printf("%s: '%s' is '%s' in the kernel and '%s' here\n", call,
	       abi_string(db, params[at].name), type,
	       abi_type((enum abi_type)params[at].slot.type)->name);
	return false;
}

/* NAME TAB TYPE|NAME TAB TYPE|NAME … */
static bool check_line(const struct abi_db *db, unsigned arch, char *line)
{
	char *rest = line;
	const char *name = call_name(strsep(&rest, "\t"));
	const struct abi_call *call = abi_call_find(db, name);
	const struct abi_param *params;
	bool is_good = true;
	unsigned at = 0;
	size_t count;

	if (!call) {
		printf("%s: not in the database\n", name);
		return false;
	}
	if (!abi_call_variant(db, call, arch))
		return true;
	params = abi_call_params(db, call, arch, &count);
	for (char *param; (param = strsep(&rest, "\t"));) {
		char *bar = strchr(param, '|');

		if (!bar)
			continue;
		*bar = '\0';
		is_good &= check_param(name, at++, param, params, count, db);
	}
	if (at < count) {
		printf("%s: the kernel has %u parameters, the database %zu\n", name, at, count);
		return false;
	}
	return is_good;
}

bool abiprobe_tracefs(const struct abi_db *db, const char *path)
{
	int arch = abi_arch_find(db, "x86_64");
	FILE *in = fopen(path, "r");
	char line[MAX_LINE];
	size_t count = 0, wrong = 0;

	if (!in || arch < 0) {
		perror(path);
		return false;
	}
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		count++;
		wrong += !check_line(db, (unsigned)arch, line);
	}
	fclose(in);
	printf("tracefs: %zu calls compared, %zu differ\n", count, wrong);
	return count && !wrong;
}
