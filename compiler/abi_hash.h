/* abi_hash: the hash of the database's name tables, one for generator, overlay and look-up. */
#ifndef SCML_ABI_HASH_H
#define SCML_ABI_HASH_H

#include <stdint.h>

/** FNV-1a of a C string. */
static inline uint32_t abi_hash(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

#endif
