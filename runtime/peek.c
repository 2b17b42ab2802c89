#include "peek.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

void peek_start(struct peek *peek, pid_t pid)
{
	peek->pid = pid;
	peek->is_denied = false;
	peek_reset(peek);
}

void peek_reset(struct peek *peek)
{
	peek->count = 0;
	peek->next = 0;
}

/* Unlike the system call this needs a descriptor; it is the slow way anyway. */
static enum scml_read read_proc_mem(pid_t pid, uint64_t address, unsigned char *page)
{
	char path[32];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return SCML_READ_UNKNOWN;
	got = pread(fd, page, PEEK_PAGE, (off_t)address);
	close(fd);
	if (got == PEEK_PAGE)
		return SCML_READ_OK;
	return got < 0 ? SCML_READ_FAULT : SCML_READ_UNKNOWN; /* 0: the process has ended */
}

static enum scml_read read_page(struct peek *peek, uint64_t address, unsigned char *page)
{
	struct iovec local = {page, PEEK_PAGE};
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): an address of the other process */
	struct iovec remote = {(void *)(uintptr_t)address, PEEK_PAGE};

	if (address > INT64_MAX - PEEK_PAGE || address > UINTPTR_MAX - PEEK_PAGE)
		return SCML_READ_FAULT;
	if (!peek->is_denied) {
		if (process_vm_readv(peek->pid, &local, 1, &remote, 1, 0) == PEEK_PAGE)
			return SCML_READ_OK;
		if (errno != EPERM && errno != ENOSYS)
			return errno == EFAULT ? SCML_READ_FAULT : SCML_READ_UNKNOWN;
		peek->is_denied = true;
	}
	return read_proc_mem(peek->pid, address, page);
}

/* The page at ADDRESS to *PAGE, from what is kept or from the process. */
static enum scml_read find_page(struct peek *peek, uint64_t address, const unsigned char **page)
{
	enum scml_read answer;
	unsigned slot;

	for (unsigned i = 0; i < peek->count; i++) {
		if (peek->addresses[i] == address) {
			*page = peek->pages[i];
			return SCML_READ_OK;
		}
	}
	slot = peek->next;
	peek->addresses[slot] = 1; /* no page's, while its bytes are being replaced */
	answer = read_page(peek, address, peek->pages[slot]);
	if (answer != SCML_READ_OK)
		return answer;
	peek->addresses[slot] = address;
	*page = peek->pages[slot];
	if (peek->count <= slot)
		peek->count = slot + 1;
	peek->next = (slot + 1) % PEEK_PAGES;
	return SCML_READ_OK;
}

static enum scml_read peek_read(void *context, uint64_t address, void *buffer, size_t size,
				size_t *done)
{
	struct peek *peek = context;
	unsigned char *bytes = buffer;
	size_t copied = 0;

	while (copied < size) {
		uint64_t at = address + copied;
		size_t within = (size_t)(at % PEEK_PAGE);
		size_t part = PEEK_PAGE - within;
		const unsigned char *page;
		enum scml_read answer;

		answer = at < address ? SCML_READ_FAULT : find_page(peek, at - within, &page);
		if (answer != SCML_READ_OK) {
			*done = copied;
			return copied && size > sizeof(uint64_t) ? SCML_READ_OK : answer;
		}
		if (part > size - copied)
			part = size - copied;
		memcpy(bytes + copied, page + within, part);
		copied += part;
	}
	*done = copied;
	return SCML_READ_OK;
}

struct scml_memory peek_memory(struct peek *peek)
{
	return (struct scml_memory){peek_read, peek};
}
