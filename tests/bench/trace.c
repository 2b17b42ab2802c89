/*
 * trace: how much longer programs take under scmltrace than by themselves, beside strace. Every
 * round runs each way once, and begins with another one; what is shown is the median of the
 * rounds' ratios to the bare run of the same round, of scmltrace with the quarter of the ratios
 * below and above which the rest is. The program runs bare a second time in each round: how far
 * that is from 1, and its quarters from each other, tells what this machine can tell. strace
 * takes part in the first rounds only.
 */
#include <arpa/inet.h>
#include <limits.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ROUNDS = 101, MAX_TEXT = 4096, MAX_WORDS = 64, SLOW_ROUNDS = 3 };

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The loops: this program with `loop NAME TIMES` as its arguments. */

static void loop_cheap(long times)
{
	for (long i = 0; i < times; i++)
		syscall(SYS_getpid);
}

static void loop_bytes(long times)
{
	int fds[2];
	char byte = 0;

	if (pipe(fds))
		_exit(1);
	for (long i = 0; i < times; i++)
		if (write(fds[1], &byte, 1) != 1 || read(fds[0], &byte, 1) != 1)
			_exit(1);
}

/* A call whose verdict lies in memory. */
static void loop_deep(long times)
{
	struct sockaddr address = {.sa_family = AF_UNIX};

	for (long i = 0; i < times; i++)
		connect(-1, &address, sizeof(address));
}

static atomic_int turn;
static long turns;

static void *take_turns(void *context)
{
	int own = *(int *)context;

	for (long i = 0; i < turns; i++) {
		while (turn != own)
			syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, !own, NULL, NULL, 0);
		turn = !own;
		syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	}
	return NULL;
}

static void loop_futex(long times)
{
	pthread_t other;
	int mine = 0, its = 1;

	turns = times;
	pthread_create(&other, NULL, take_turns, &its);
	take_turns(&mine);
	pthread_join(other, NULL);
}

/* The kernel finds all about the message in memory. */
static bool send_deep(int fd, char *text, size_t size)
{
	struct iovec piece = {.iov_base = text, .iov_len = size};
	struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};

	return sendmsg(fd, &message, 0) == (ssize_t)size;
}

static bool receive(int fd, char *text, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t got = recv(fd, text + done, size - done, 0);

		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

/* A connection, one message there and one back: of these calls, connect() and two sendmsg()
 * cannot be judged by their registers. */
static void loop_echo(long times)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr *any = (struct sockaddr *)&address;
	socklen_t len = sizeof(address);
	int server = socket(AF_INET, SOCK_STREAM, 0);
	char text[512] = {0};
	pid_t child;

	if (bind(server, any, len) || listen(server, 8) || getsockname(server, any, &len))
		_exit(1);
	child = fork();
	for (long i = 0; i < times; i++) {
		int fd = child ? accept(server, NULL, NULL) : socket(AF_INET, SOCK_STREAM, 0);
		bool is_done;

		if (child)
			is_done = receive(fd, text, sizeof(text)) &&
				  send_deep(fd, text, sizeof(text));
		else
			is_done = connect(fd, any, len) == 0 &&
				  send_deep(fd, text, sizeof(text)) &&
				  receive(fd, text, sizeof(text));
		if (!is_done)
			_exit(1);
		close(fd);
	}
	if (!child)
		_exit(0);
	wait(NULL);
}

/* The program by way of $RUN, without a shell. */
static void loop_start(long times)
{
	const char *words = getenv("RUN");
	char line[MAX_TEXT], *argv[MAX_WORDS + 2], *rest = line;
	size_t count = 0;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", words ? words : "");
	for (char *word; count < MAX_WORDS && (word = strtok_r(rest, " ", &rest));)
		argv[count++] = word;
	argv[count++] = "/bin/true";
	argv[count] = NULL;
	for (long i = 0; i < times; i++)
		if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) ||
		    waitpid(pid, NULL, 0) != pid)
			_exit(1);
}

static const struct {
	const char *name;
	void (*run)(long times);
} loops[] = {
	{"cheap", loop_cheap}, {"bytes", loop_bytes}, {"deep", loop_deep},
	{"futex", loop_futex}, {"echo", loop_echo},   {"start", loop_start},
};

static int run_loop(const char *name, long times)
{
	for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
		if (strcmp(loops[i].name, name) == 0) {
			double start = now();

			loops[i].run(times);
			printf("%.9f\n", now() - start);
			return 0;
		}
	}
	return 2;
}

/* What is measured: a shell command in which $RUN stands before the program. Where it prints a
 * number, that is the time, and otherwise its own. */
static const struct workload {
	const char *name;
	double target; /* 0: none */
	const char *needs;
	const char *command;
} workloads[] = {
	{"cheap-call loop", 1.3, "sh", "$RUN $SELF loop cheap 60000"},
	{"1-byte write and read", 1.3, "sh", "$RUN $SELF loop bytes 30000"},
	{"find + stat", 1.1, "find", "$RUN find /usr -size +1000000k >find.out 2>&1"},
	{"ls -lR", 1.2, "ls", "$RUN ls -lR /usr/include /usr/share/doc >ls.out"},
	{"C build", 1.1, "make", "rm -f *.o; $RUN make -s -f build.mk"},
	{"git status", 1.1, "git",
	 "$RUN sh -c 'for i in 1 2 3 4 5; do git -C repo status; done' >git.out"},
	{"300 x true", 1.1, "sh",
	 "$RUN sh -c 'i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done'"},
	{"redis-benchmark", 1.1, "redis-server",
	 "$RUN redis-server --port 17392 --save '' --appendonly no >redis.out & "
	 "until redis-cli -p 17392 ping >ping.out 2>&1; do sleep 0.05; done; "
	 "a=$(date +%s%N); redis-benchmark -p 17392 -n 10000 -t set,get -q >bench.out; "
	 "b=$(date +%s%N); "
	 "redis-cli -p 17392 shutdown nosave >ping.out 2>&1; wait; "
	 "echo $((b-a)) | awk '{print $1/1e9}'"},
	{"futex, 2 threads", 1.1, "sh", "$RUN $SELF loop futex 20000"},
	{"echo, 3 deep calls a round", 1.6, "sh", "$RUN $SELF loop echo 400"},
};

enum { WORKLOADS = sizeof(workloads) / sizeof(workloads[0]) };

enum way { BARE, AGAIN, SCMLTRACE, STRACE, STRACE_BPF, WAYS };

enum { FAST_WAYS = STRACE };

static const char *const way_names[WAYS] = {"bare", "bare again", "scmltrace", "strace -yy -f",
					    "strace --seccomp-bpf"};

static char runs[WAYS][MAX_TEXT];

/* The seconds of COMMAND by way of WAY; negative: it failed. */
static double measure(const struct workload *workload, enum way way)
{
	double start, value = -1, took;
	char line[128], *end;
	FILE *output;
	int status;

	setenv("RUN", runs[way], 1);
	start = now();
	output = popen(workload->command, "r");
	if (!output)
		return -1;
	while (fgets(line, sizeof(line), output)) {
		double number = strtod(line, &end);

		if (end != line && *end == '\n')
			value = number;
	}
	status = pclose(output);
	took = now() - start;
	if (status)
		return -1;
	return value >= 0 ? value : took;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static bool has(const char *program)
{
	char command[128];

	snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", program);
	return system(command) == 0;
}

/* The part of COUNT sorted VALUES that is below what it returns. */
static double quantile(const double *values, size_t count, double part)
{
	return values[(size_t)(part * (double)(count - 1) + 0.5)];
}

/* One round's ratios to its bare run, and that run's time; a way that is not there has -1. */
static void run_round(const struct workload *workload, size_t round, const bool *has_way,
		      double ratios[WAYS])
{
	double times[WAYS];

	for (size_t i = 0; i < FAST_WAYS; i++) {
		size_t way = (round + i) % FAST_WAYS;

		times[way] = measure(workload, (enum way)way);
	}
	for (size_t way = FAST_WAYS; way < WAYS; way++)
		times[way] = has_way[way] && round < SLOW_ROUNDS
				     ? measure(workload, (enum way)way)
				     : -1;
	for (size_t way = AGAIN; way < WAYS; way++)
		ratios[way] = times[way] / times[BARE];
	ratios[BARE] = times[BARE];
}

static void print_ratios(double *ratios, size_t count, bool is_full)
{
	double middle = median(ratios, count);

	if (is_full)
		printf(" %7.2f (%.2f-%.2f)", middle, quantile(ratios, count, 0.25),
		       quantile(ratios, count, 0.75));
	else
		printf(" %20.2f", middle);
}

static void bench(const struct workload *workload, size_t rounds, const bool *has_way)
{
	static double ratios[WAYS][MAX_ROUNDS];

	if (!has(workload->needs)) {
		printf("%-28s needs %s\n", workload->name, workload->needs);
		return;
	}
	if (measure(workload, BARE) < 0 || measure(workload, SCMLTRACE) < 0) {
		printf("%-28s failed\n", workload->name);
		return;
	}
	for (size_t i = 0; i < rounds; i++) {
		double round[WAYS];

		run_round(workload, i, has_way, round);
		for (size_t way = BARE; way < WAYS; way++)
			ratios[way][i] = round[way];
	}
	printf("%-28s %8.3f s", workload->name, median(ratios[BARE], rounds));
	for (size_t way = AGAIN; way < WAYS; way++) {
		bool is_fast = way < FAST_WAYS;

		print_ratios(ratios[way],
			     is_fast || rounds < SLOW_ROUNDS ? rounds : SLOW_ROUNDS, is_fast);
	}
	if (workload->target > 0)
		printf("   (wanted: at most %.1f)", workload->target);
	putchar('\n');
	fflush(stdout);
}

/* What each of the TIMES parts of WORKLOAD takes longer by way of scmltrace. */
static void bench_extra(const char *title, const struct workload *workload, double times,
			double unit, const char *unit_name, double target, size_t rounds)
{
	double extra[MAX_ROUNDS];

	if (measure(workload, BARE) < 0 || measure(workload, SCMLTRACE) < 0) {
		printf("%-28s failed\n", title);
		return;
	}
	for (size_t i = 0; i < rounds; i++) {
		double bare = measure(workload, BARE);

		extra[i] = (measure(workload, SCMLTRACE) - bare) / times / unit;
	}
	printf("%-28s %10s %19s", title, "", "");
	print_ratios(extra, rounds, true);
	printf(" %s   (wanted: at most %.0f)\n", unit_name, target);
	fflush(stdout);
}

/* What one call costs that goes to the supervisor. */
static void bench_call(size_t rounds)
{
	const struct workload deep = {"", 0, "sh", "$RUN $SELF loop deep 20000"};

	bench_extra("a call held and judged", &deep, 20000, 1e-6, "us", 6, rounds);
}

/* Beyond the program's own, which `loop start` measures without a shell. */
static void bench_start(size_t rounds)
{
	const struct workload start = {"", 0, "sh", "$SELF loop start 20"};

	bench_extra("start-up (/bin/true)", &start, 20, 1e-3, "ms", 3, rounds);
}

/* Files to build, and a repository. */
static bool prepare(void)
{
	return system("for i in 1 2 3 4 5 6; do { echo '#include <stdio.h>'; echo '#include "
		      "<stdlib.h>'; for j in $(seq 150); do echo \"int f${i}_$j(int x) { "
		      "return x * $j + printf(\\\"%d\\\", x); }\"; done; } >part$i.c; done; "
		      "printf 'all: part1.o part2.o part3.o part4.o part5.o part6.o\\n' "
		      ">build.mk; "
		      "if command -v git >/dev/null; then git init -q repo; cp -r /usr/include "
		      "repo/ 2>/dev/null; git -C repo add . >/dev/null 2>&1; fi; :") == 0;
}

/* WORDS of a command to LINE; names of files are made good for any folder. */
static void resolve_words(const char *words, char line[static MAX_TEXT])
{
	char copy[MAX_TEXT], path[PATH_MAX], *rest = copy;
	size_t used = strlen(line);

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word; used < MAX_TEXT && (word = strtok_r(rest, " ", &rest));)
		used += (size_t)snprintf(line + used, MAX_TEXT - used, "%s ",
					 realpath(word, path) ? path : word);
}

/* WANTED is part of a name; NULL: all are. */
static bool is_wanted(const char *name, const char *wanted)
{
	return !wanted || strstr(name, wanted);
}

static bool prepare_for(const char *wanted)
{
	return !(is_wanted("C build", wanted) || is_wanted("git status", wanted)) || prepare();
}

int main(int argc, char **argv)
{
	const char *wanted = argc > 4 ? argv[4] : NULL;
	char folder[] = "/tmp/scml-bench-XXXXXX", self[MAX_TEXT] = "", command[128];
	bool has_way[WAYS] = {true, true, true, true};
	size_t rounds;

	if (argc == 4 && strcmp(argv[1], "loop") == 0)
		return run_loop(argv[2], strtol(argv[3], NULL, 10));
	if (argc < 4) {
		fprintf(stderr,
			"usage: bench_trace SCMLTRACE SPEC-AND-OPTIONS ROUNDS [WORKLOAD]\n");
		return 2;
	}
	resolve_words(argv[1], runs[SCMLTRACE]);
	resolve_words(argv[2], runs[SCMLTRACE]);
	strncat(runs[SCMLTRACE], "-q -o report --", MAX_TEXT - strlen(runs[SCMLTRACE]) - 1);
	rounds = strtoul(argv[3], NULL, 10);
	if (!rounds || rounds > MAX_ROUNDS ||
	    readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 || !mkdtemp(folder) ||
	    chdir(folder) || !prepare_for(wanted))
		return 1;
	setenv("SELF", self, 1);
	strcpy(runs[STRACE], "strace -yy -f -o /dev/null");
	strcpy(runs[STRACE_BPF],
	       "strace --seccomp-bpf -f -o /dev/null -e "
	       "trace=bind,connect,sendto,sendmsg,setsockopt,getsockopt,accept,"
	       "accept4,getsockname,getpeername");
	has_way[STRACE] = has_way[STRACE_BPF] = has("strace");
	printf("%-28s %10s", "", way_names[BARE]);
	for (size_t way = AGAIN; way < WAYS; way++)
		printf(" %20s", way_names[way]);
	putchar('\n');
	for (size_t i = 0; i < WORKLOADS; i++)
		if (is_wanted(workloads[i].name, wanted))
			bench(&workloads[i], rounds, has_way);
	rounds = rounds * 3 < MAX_ROUNDS ? rounds * 3 : MAX_ROUNDS;
	if (is_wanted("a call held and judged", wanted))
		bench_call(rounds);
	if (is_wanted("start-up (/bin/true)", wanted))
		bench_start(rounds);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) != 0;
}
