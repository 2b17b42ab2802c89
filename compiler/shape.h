/* shape: how many parameters a call has may depend on its flags; a rule fits some of the
 * shapes. */
#ifndef SCML_SHAPE_H
#define SCML_SHAPE_H

#include "bind.h"
#include "pattern.h"

/**
 * The test that a call has a shape that BOUND's rule fits: TRUE where its call has one shape
 * only. The register that it looks at goes to *PARAM. Where no shape fits, the test is FALSE.
 */
const struct test *shape_test(const struct pattern_scope *scope, const struct bound_rule *bound,
			      const struct res_rule *rule, unsigned *param);

#endif
