/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals by name. */
#include "isolate/signals.h"

#include <signal.h>
#include <stdbool.h>
#include <strings.h>

#include "util/macro.h"
#include "util/parse.h"

/* The kernel's numbers: libc takes the first real-time signals for itself. */
#define SIGNAL_MAX 64

/* clang-format off */
static const struct {
	const char *name;
	int number;
} signals[] = {
	{ "HUP", SIGHUP },     { "INT", SIGINT },     { "QUIT", SIGQUIT },
	{ "ILL", SIGILL },     { "TRAP", SIGTRAP },   { "ABRT", SIGABRT },
	{ "IOT", SIGIOT },     { "BUS", SIGBUS },     { "FPE", SIGFPE },
	{ "KILL", SIGKILL },   { "USR1", SIGUSR1 },   { "SEGV", SIGSEGV },
	{ "USR2", SIGUSR2 },   { "PIPE", SIGPIPE },   { "ALRM", SIGALRM },
	{ "TERM", SIGTERM },   { "CHLD", SIGCHLD },   { "CLD", SIGCHLD },
	{ "CONT", SIGCONT },   { "STOP", SIGSTOP },   { "TSTP", SIGTSTP },
	{ "TTIN", SIGTTIN },   { "TTOU", SIGTTOU },   { "URG", SIGURG },
	{ "XCPU", SIGXCPU },   { "XFSZ", SIGXFSZ },   { "VTALRM", SIGVTALRM },
	{ "PROF", SIGPROF },   { "WINCH", SIGWINCH }, { "IO", SIGIO },
	{ "POLL", SIGPOLL },   { "PWR", SIGPWR },     { "SYS", SIGSYS },
#ifdef SIGSTKFLT
	{ "STKFLT", SIGSTKFLT },
#endif
};
/* clang-format on */

static int realtime(const char *offset, bool from_max)
{
	uint64_t n = 0;

	if (parse_decimal(offset, SIGRTMAX - SIGRTMIN, &n) < 0)
		return -EINVAL;
	return from_max ? SIGRTMAX - (int)n : SIGRTMIN + (int)n;
}

int signal_parse(const char *text)
{
	uint64_t number = 0;

	if (parse_uint64(text, SIGNAL_MAX, &number) == 0)
		return (int)number;
	if (!strncasecmp(text, "SIGRTMIN+", 9))
		return realtime(text + 9, false);
	if (!strncasecmp(text, "SIGRTMAX-", 9))
		return realtime(text + 9, true);
	if (strncasecmp(text, "SIG", 3))
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (!strcasecmp(text + 3, signals[i].name))
			return signals[i].number;
	return -EINVAL;
}
