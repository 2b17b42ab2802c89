#include "bpf/value.h"

#include <linux/filter.h>

#include "bpf/space.h"

struct value value_constant(uint32_t number)
{
	struct value value;

	for (unsigned bit = 0; bit < 32; bit++)
		value.bits[bit] = number >> bit & 1 ? BDD_TRUE : BDD_FALSE;
	return value;
}

struct value value_word(struct bdd *bdd, uint32_t offset)
{
	struct value value;

	for (unsigned bit = 0; bit < 32; bit++)
		value.bits[bit] = bdd_bit(bdd, space_variable(offset, bit));
	return value;
}

static struct value invert(struct bdd *bdd, const struct value *a)
{
	struct value result;

	for (unsigned bit = 0; bit < 32; bit++)
		result.bits[bit] = bdd_not(bdd, a->bits[bit]);
	return result;
}

static struct value add(struct bdd *bdd, const struct value *a, const struct value *b,
			bdd_node carry)
{
	struct value sum;

	for (unsigned bit = 0; bit < 32; bit++) {
		bdd_node x = a->bits[bit], y = b->bits[bit];
		bdd_node one = bdd_xor(bdd, x, y);

		sum.bits[bit] = bdd_xor(bdd, one, carry);
		carry = bdd_or(bdd, bdd_and(bdd, x, y), bdd_and(bdd, one, carry));
	}
	return sum;
}

static struct value subtract(struct bdd *bdd, const struct value *a, const struct value *b)
{
	struct value inverse = invert(bdd, b);

	return add(bdd, a, &inverse, BDD_TRUE);
}

/* YES where CONDITION holds, NO elsewhere. */
static struct value choose(struct bdd *bdd, bdd_node condition, const struct value *yes,
			   const struct value *no)
{
	struct value result;

	for (unsigned bit = 0; bit < 32; bit++)
		result.bits[bit] = bdd_choose(bdd, condition, yes->bits[bit], no->bits[bit]);
	return result;
}

static struct value shift_left(const struct value *a, unsigned by)
{
	struct value result = value_constant(0);

	for (unsigned bit = by; bit < 32; bit++)
		result.bits[bit] = a->bits[bit - by];
	return result;
}

static struct value shift_right(const struct value *a, unsigned by)
{
	struct value result = value_constant(0);

	for (unsigned bit = by; bit < 32; bit++)
		result.bits[bit - by] = a->bits[bit];
	return result;
}

/* The machine looks at the lowest five bits of a distance. */
static struct value shift(struct bdd *bdd, uint16_t op, const struct value *a,
			  const struct value *by)
{
	struct value result = *a;

	for (unsigned bit = 0; bit < 5; bit++) {
		struct value shifted = op == BPF_LSH ? shift_left(&result, 1u << bit)
						     : shift_right(&result, 1u << bit);

		result = choose(bdd, by->bits[bit], &shifted, &result);
	}
	return result;
}

static struct value multiply(struct bdd *bdd, const struct value *a, const struct value *b)
{
	struct value product = value_constant(0);

	for (unsigned bit = 0; bit < 32; bit++) {
		struct value part = shift_left(a, bit);
		struct value sum;

		if (b->bits[bit] == BDD_FALSE)
			continue;
		sum = add(bdd, &product, &part, BDD_FALSE);
		product = choose(bdd, b->bits[bit], &sum, &product);
	}
	return product;
}

/* By hand, from the highest digit on. The rest can have one bit more than a number. */
static struct value divide(struct bdd *bdd, const struct value *a, const struct value *b)
{
	struct value quotient = value_constant(0), rest = value_constant(0);

	for (unsigned bit = 32; bit-- > 0;) {
		bdd_node beyond = rest.bits[31], fits;
		struct value less;

		rest = shift_left(&rest, 1);
		rest.bits[0] = a->bits[bit];
		fits = bdd_or(bdd, beyond, value_compare(bdd, BPF_JGE, &rest, b));
		less = subtract(bdd, &rest, b);
		rest = choose(bdd, fits, &less, &rest);
		quotient.bits[bit] = fits;
	}
	return quotient;
}

static struct value combine(struct bdd *bdd, uint16_t op, const struct value *a,
			    const struct value *b)
{
	struct value result;

	for (unsigned bit = 0; bit < 32; bit++) {
		bdd_node x = a->bits[bit], y = b->bits[bit];

		if (op == BPF_AND)
			result.bits[bit] = bdd_and(bdd, x, y);
		else if (op == BPF_OR)
			result.bits[bit] = bdd_or(bdd, x, y);
		else
			result.bits[bit] = bdd_xor(bdd, x, y);
	}
	return result;
}

struct value value_operate(struct bdd *bdd, uint16_t op, const struct value *a,
			   const struct value *b)
{
	const struct value zero = value_constant(0);

	switch (op) {
	case BPF_ADD:
		return add(bdd, a, b, BDD_FALSE);
	case BPF_SUB:
		return subtract(bdd, a, b);
	case BPF_MUL:
		return multiply(bdd, a, b);
	case BPF_DIV:
		return divide(bdd, a, b);
	case BPF_LSH:
	case BPF_RSH:
		return shift(bdd, op, a, b);
	case BPF_AND:
	case BPF_OR:
	case BPF_XOR:
		return combine(bdd, op, a, b);
	default: /* BPF_NEG */
		return subtract(bdd, &zero, a);
	}
}

static bdd_node is_equal(struct bdd *bdd, const struct value *a, const struct value *b)
{
	bdd_node equal = BDD_TRUE;

	for (unsigned bit = 0; bit < 32; bit++)
		equal = bdd_and(bdd, bdd_not(bdd, bdd_xor(bdd, a->bits[bit], b->bits[bit])),
				equal);
	return equal;
}

/* A > B, or, where they are equal, OR_EQUAL. */
static bdd_node is_more(struct bdd *bdd, const struct value *a, const struct value *b,
			bdd_node or_equal)
{
	bdd_node more = or_equal;

	for (unsigned bit = 0; bit < 32; bit++) {
		bdd_node differs = bdd_xor(bdd, a->bits[bit], b->bits[bit]);

		more = bdd_choose(bdd, differs, a->bits[bit], more);
	}
	return more;
}

bdd_node value_compare(struct bdd *bdd, uint16_t op, const struct value *a,
		       const struct value *b)
{
	bdd_node any = BDD_FALSE;

	switch (op) {
	case BPF_JEQ:
		return is_equal(bdd, a, b);
	case BPF_JGT:
		return is_more(bdd, a, b, BDD_FALSE);
	case BPF_JGE:
		return is_more(bdd, a, b, BDD_TRUE);
	default: /* BPF_JSET */
		for (unsigned bit = 0; bit < 32; bit++)
			any = bdd_or(bdd, bdd_and(bdd, a->bits[bit], b->bits[bit]), any);
		return any;
	}
}
