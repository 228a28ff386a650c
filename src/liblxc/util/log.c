/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Log records, in the historical line format:
 *
 *   PREFIX[ NAME] YYYYMMDDHHMMSS.mmm LEVEL    CATEGORY - FILE:FUNCTION:LINE - MESSAGE
 */
#include "util/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "util/parse.h"

#define RECORD_MAX 4096

static const char *const names[] = {
	[LOG_LEVEL_TRACE] = "TRACE", [LOG_LEVEL_DEBUG] = "DEBUG",
	[LOG_LEVEL_INFO] = "INFO",   [LOG_LEVEL_NOTICE] = "NOTICE",
	[LOG_LEVEL_WARN] = "WARN",   [LOG_LEVEL_ERROR] = "ERROR",
	[LOG_LEVEL_CRIT] = "CRIT",   [LOG_LEVEL_ALERT] = "ALERT",
	[LOG_LEVEL_FATAL] = "FATAL", [LOG_LEVEL_NOTSET] = "NOTSET",
};

static const struct log_sink *_Atomic process_sink;
static _Thread_local const struct log_sink *thread_sink;

void log_set_process_sink(const struct log_sink *sink)
{
	process_sink = sink;
}

void log_set_thread_sink(const struct log_sink *sink)
{
	thread_sink = sink;
}

const char *log_level_name(int level)
{
	return level >= 0 && level < (int)ARRAY_SIZE(names) ? names[level] : NULL;
}

int log_level_parse(const char *text)
{
	unsigned int number = 0;

	for (int i = 0; i < LOG_LEVEL_NOTSET; i++)
		if (!strcasecmp(names[i], text))
			return i;
	if (parse_uint(text, LOG_LEVEL_FATAL, &number) == 0)
		return (int)number;
	return -EINVAL;
}

struct record {
	char text[RECORD_MAX];
	size_t size;
};

static void add(struct record *r, const char *format, ...) _printf_(2, 3);
static void add_v(struct record *r, const char *format, va_list args)
{
	size_t room = sizeof(r->text) - r->size;
	int n = vsnprintf(r->text + r->size, room, format, args);

	if (n > 0)
		r->size += MIN((size_t)n, room - 1);
}

static void add(struct record *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_v(r, format, args);
	va_end(args);
}

static const char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

static void add_time(struct record *r)
{
	struct timespec now;
	struct tm tm;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &tm))
		add(r, "%04d%02d%02d%02d%02d%02d.%03ld", tm.tm_year + 1900, tm.tm_mon + 1,
		    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, now.tv_nsec / 1000000);
}

static bool wants(const struct log_sink *s, enum log_level level)
{
	return s && ((s->fd >= 0 && (int)level >= s->level) ||
		     (s->to_stderr && level >= LOG_LEVEL_ERROR));
}

static void write_record(const struct log_sink *s, enum log_level level,
			 const struct log_place *place, const char *format, va_list args)
{
	const char *base = base_name(place->file);
	struct record r = {};

	add(&r, "%s%s%s ", s->prefix ? s->prefix : "lxc", s->name ? " " : "",
	    s->name ? s->name : "");
	add_time(&r);
	add(&r, " %-8s %.*s - %s:%s:%d - ", names[level], (int)strcspn(base, "."), base,
	    base, place->function, place->line);
	add_v(&r, format, args);
	r.size = MIN(r.size, sizeof(r.text) - 1);
	r.text[r.size++] = '\n';
	if (s->fd >= 0 && (int)level >= s->level)
		(void)!write(s->fd, r.text, r.size);
	if (s->to_stderr && level >= LOG_LEVEL_ERROR)
		(void)!write(STDERR_FILENO, r.text, r.size);
}

void log_record(enum log_level level, const struct log_place *place, const char *format,
		...)
{
	const struct log_sink *sinks[] = { process_sink, thread_sink };
	int saved = errno;

	for (size_t i = 0; i < ARRAY_SIZE(sinks); i++) {
		va_list args;

		if (!wants(sinks[i], level))
			continue;
		va_start(args, format);
		write_record(sinks[i], level, place, format, args);
		va_end(args);
	}
	errno = saved;
}

void log_record_to(const struct log_sink *sink, enum log_level level,
		   const struct log_place *place, const char *format, ...)
{
	int saved = errno;
	va_list args;

	va_start(args, format);
	if (wants(sink, level))
		write_record(sink, level, place, format, args);
	va_end(args);
	errno = saved;
}
