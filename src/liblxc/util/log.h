/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Log records: what we want to know afterwards.  Never for errors, which are returned.
 *
 * There is one sink for the process (lxc_log_init) and one for the container that the
 * current thread works on; a record goes to both, if their levels let it through.  One
 * record is one write(2) of at most 4 KiB to a descriptor opened with O_APPEND.
 */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

#include <stdbool.h>

#include "util/macro.h"

/* The numbers are those of lxc.log.level. */
enum log_level {
	LOG_LEVEL_TRACE,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_WARN,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_CRIT,
	LOG_LEVEL_ALERT,
	LOG_LEVEL_FATAL,
	LOG_LEVEL_NOTSET,
};

struct log_sink {
	int fd; /* or negative */
	int level; /* lowest enum log_level that is written */
	const char *prefix; /* program; NULL: "lxc" */
	const char *name; /* container, or NULL */
	bool to_stderr; /* records of LOG_LEVEL_ERROR and above also go there */
};

/* Both borrow the sink until the next call; NULL: none. */
void log_set_process_sink(const struct log_sink *sink);
void log_set_thread_sink(const struct log_sink *sink);

/* "WARN" for LOG_LEVEL_WARN; NULL when there is no such level. */
const char *log_level_name(int level);

/* From a name in any case or a number; -EINVAL. */
int log_level_parse(const char *text);

struct log_place {
	const char *file, *function;
	int line;
};

#define LOG_HERE (&(struct log_place){ __FILE__, __func__, __LINE__ })

void log_record(enum log_level level, const struct log_place *place, const char *format,
		...) _printf_(3, 4);

/* One record to this sink alone, which need not be set. */
void log_record_to(const struct log_sink *sink, enum log_level level,
		   const struct log_place *place, const char *format, ...) _printf_(4, 5);

#define log_at(level, ...) log_record(level, LOG_HERE, __VA_ARGS__)
#define log_trace(...) log_at(LOG_LEVEL_TRACE, __VA_ARGS__)
#define log_debug(...) log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_info(...) log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_warn(...) log_at(LOG_LEVEL_WARN, __VA_ARGS__)

#endif
