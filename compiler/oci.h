/* oci: the words that seccomp profiles of container runtimes use. */
#ifndef SCML_OCI_H
#define SCML_OCI_H

#include <stdbool.h>
#include <stdint.h>

/** How an argument is compared with VALUE; MASKED_EQ: (argument & value) == valueTwo. */
enum oci_op {
	OCI_NE,
	OCI_LT,
	OCI_LE,
	OCI_EQ,
	OCI_GE,
	OCI_GT,
	OCI_MASKED_EQ,
};

/** What an operator is called: SCMP_CMP_EQ. Static memory. */
const char *oci_op_name(enum oci_op op);

/** The operator called NAME; false where there is none. */
bool oci_op_named(const char *name, enum oci_op *op);

/** The name of ACTION, a SECCOMP_RET_* value; NULL where profiles have none. */
const char *oci_action_name(uint32_t action);

/** The SECCOMP_RET_* value without its data that NAME stands for; false where there is none. */
bool oci_action_named(const char *name, uint32_t *action);

/** May errnoRet stand beside ACTION? */
bool oci_action_has_number(uint32_t action);

/** The SCMP_ARCH_* name of the architecture with that AUDIT_ARCH value, or NULL. */
const char *oci_arch_name(uint32_t audit);

/** Is NAME, as `includes` and `excludes` list them (amd64), the architecture AUDIT? */
bool oci_is_go_arch(const char *name, uint32_t audit);

#endif
