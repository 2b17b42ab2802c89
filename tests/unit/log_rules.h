/* log_rules: rules of many kinds, which tests judge logs by. */
#ifndef SCML_TEST_LOG_RULES_H
#define SCML_TEST_LOG_RULES_H

#define LOG_RULES                                                                             \
	"struct sockaddr = { sa_family = AF_INET | AF_NETLINK, .. };\n"                       \
	"struct msghdr = { msg_name = <sockaddr>, msg_control = NULL, .. };\n"                \
	"struct pollfd = { fd, events = POLLIN | POLLOUT, .. };\n"                            \
	"access = O_RDONLY | O_RDWR;\n"                                                       \
	"socket(family = AF_INET, type = SOCK_STREAM | SOCK_DGRAM | SOCK_CLOEXEC,\n"          \
	"	protocol = IPPROTO_IP | IPPROTO_UDP);\n"                                            \
	"socket(family = AF_NETLINK | AF_UNIX, type = SOCK_RAW | SOCK_SEQPACKET, protocol = " \
	"0);\n"                                                                               \
	"bind(sockfd, addr = <sockaddr>, addrlen);\n"                                         \
	"connect(sockfd, addr = <sockaddr>, addrlen);\n"                                      \
	"sendmsg(sockfd, msg = <msghdr>, flags = MSG_NOSIGNAL | MSG_DONTWAIT);\n"             \
	"setsockopt(sockfd, level = SOL_SOCKET, optname = SO_REUSEADDR | SO_RCVTIMEO_OLD,\n"  \
	"	optval, optlen);\n"                                                                 \
	"setsockopt(sockfd, level = SOL_IP | SOL_TCP, optname = IP_TTL | TCP_NODELAY, "       \
	"optval,\n"                                                                           \
	"	optlen);\n"                                                                         \
	"fcntl(fd, cmd = F_GETFL);\n"                                                         \
	"fcntl(fd, cmd = F_SETFL, arg = O_APPEND | O_NONBLOCK);\n"                            \
	"mprotect(addr, len, prot = PROT_READ);\n"                                            \
	"poll(fds = [ <pollfd> ], nfds, timeout);\n"                                          \
	"epoll_ctl(epfd, op = EPOLL_CTL_ADD, fd, event = { events = EPOLLIN | EPOLLET, .. "   \
	"});\n"                                                                               \
	"semget(key, nsems, semflg = IPC_CREAT);\n"                                           \
	"clone(flags = CLONE_VM | SIGCHLD, ..);\n"                                            \
	"lseek(fd, offset, whence = SEEK_CUR | SEEK_END);\n"

#endif
