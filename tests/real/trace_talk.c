/*
 * A server and a client of itself, which also make three calls that the networking rules do not
 * have, all three seen only in memory: once in the process and once in a forked child. With the
 * argument `accept` it asks accept for an address instead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netinet/in.h>

enum { STATUS = 7 };

static void must(int holds, const char *what)
{
	if (!holds) {
		perror(what);
		exit(EXIT_FAILURE);
	}
}

static void send_with_control(int fd, void *control, size_t size)
{
	char text[] = "text";
	struct iovec part = {text, sizeof(text)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = size};

	must(sendmsg(fd, &message, 0) == (ssize_t)sizeof(text), "sendmsg");
}

/* Hand our standard input to ourselves. */
static void send_rights(int fd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
	struct cmsghdr *header = (struct cmsghdr *)control;

	header->cmsg_len = CMSG_LEN(sizeof(int));
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(header), &(int){STDIN_FILENO}, sizeof(int));
	send_with_control(fd, control, sizeof(control));
}

/* What the rules have. */
static void talk(int with_address)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_storage peer;
	socklen_t len = sizeof(address), peer_len = sizeof(peer);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	int accepted;
	char text[16];

	must(server >= 0 && client >= 0, "socket");
	must(bind(server, (struct sockaddr *)&address, sizeof(address)) == 0, "bind");
	must(listen(server, 1) == 0, "listen");
	must(getsockname(server, (struct sockaddr *)&address, &len) == 0, "getsockname");
	must(connect(client, (struct sockaddr *)&address, len) == 0, "connect");
	accepted = with_address ? accept(server, (struct sockaddr *)&peer, &peer_len)
				: accept(server, NULL, NULL);
	must(accepted >= 0, "accept");
	must(send(client, "hello", 5, 0) == 5, "send");
	must(recv(accepted, text, sizeof(text), 0) == 5, "recv");
	close(server);
	close(client);
	close(accepted);
}

/* What they do not have. */
static void go_beyond(void)
{
	struct sockaddr_in6 address = {.sin6_family = AF_INET6};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int pair[2];

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "socketpair");
	must(connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0, "connect");
	must(bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0, "bind");
	send_with_control(pair[0], NULL, 0);
	send_rights(pair[0]);
	close(pair[0]);
	close(pair[1]);
	close(fd);
}

int main(int argc, char **argv)
{
	int status;

	if (argc > 1 && strcmp(argv[1], "accept") == 0) {
		talk(1);
		puts("accepted");
		return STATUS;
	}
	talk(0);
	go_beyond();
	fflush(stdout);
	if (fork() == 0) {
		talk(0);
		go_beyond();
		_exit(0);
	}
	must(wait(&status) > 0 && status == 0, "child");
	puts("talked");
	return STATUS;
}
