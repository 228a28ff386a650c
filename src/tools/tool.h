/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the programs share.  A program is static variables, a table of options that point at
 * them, a function run() and one line TOOL(…), which makes main().  Parsing, --help and
 * --usage follow from the table; messages and exit codes are those of tool_main().
 */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stdio.h>

#include <lxc/lxc.h>

/* Results of run() that are not exit codes; 0 and above are taken as they are. */
enum {
	TOOL_FAILED =
		-1, /* exit code 1; the last error is printed unless something was */
	TOOL_USAGE = -2, /* 2, and 1 where the historical program had that */
};

struct tool {
	const char *program;
	const char *name; /* container; only NULL when the table has no TOOL_CONTAINER */
	const char *lxcpath; /* without trailing slashes; NULL: the default */
	const char *rcfile;
	const char *log_file;
	const char *log_level;
	bool quiet;
	bool json;
	int argc; /* arguments that are neither options nor the name */
	char **argv;

	/* private */
	const struct tool_info *info;
	const char *rest; /* text of the OPT_REST row */
	bool named; /* has TOOL_CONTAINER */
	bool historical; /* has TOOL_COMMON */
	bool help;
	bool usage;
	bool version;
	bool reported;
	bool parsing; /* the command line is not checked yet: --help is a remedy */
	char hint[512]; /* of the next tool_error() */
};

enum tool_kind {
	TOOL_KIND_END,
	TOOL_KIND_FLAG, /* sets a bool */
	TOOL_KIND_UNFLAG, /* clears it */
	TOOL_KIND_TEXT,
	TOOL_KIND_LIST, /* may be repeated; NULL-terminated */
	TOOL_KIND_NUMBER,
	TOOL_KIND_CALL, /* a function that takes the argument, or NULL when it is left out */
	TOOL_KIND_INCLUDE, /* the rows of another table */
	TOOL_KIND_HEADING, /* help: a title above the next options */
	TOOL_KIND_REST, /* the program takes arguments, shown as this text */
};

struct tool_option {
	enum tool_kind kind;
	char letter;
	const char *name;
	const char *argument; /* "FILE"; "[N]" may be left out */
	union {
		bool *flag;
		const char **text;
		char ***list;
		long *number;
		int (*call)(struct tool *t, const char *argument);
		const struct tool_option *rows;
	} to;
	const char *help; /* lines after the first are indented alike */
};

/* clang-format off */
#define OPT_FLAG(l, n, v, h)      { TOOL_KIND_FLAG, l, n, NULL, { .flag = v }, h }
#define OPT_UNFLAG(l, n, v, h)    { TOOL_KIND_UNFLAG, l, n, NULL, { .flag = v }, h }
#define OPT_TEXT(l, n, a, v, h)   { TOOL_KIND_TEXT, l, n, a, { .text = v }, h }
#define OPT_LIST(l, n, a, v, h)   { TOOL_KIND_LIST, l, n, a, { .list = v }, h }
#define OPT_NUMBER(l, n, a, v, h) { TOOL_KIND_NUMBER, l, n, a, { .number = v }, h }
#define OPT_CALL(l, n, a, f, h)   { TOOL_KIND_CALL, l, n, a, { .call = f }, h }
#define OPT_HEADING(h)            { .kind = TOOL_KIND_HEADING, .help = h }
#define OPT_REST(a)               { .kind = TOOL_KIND_REST, .argument = a }
#define TOOL_ROWS(r)              { .kind = TOOL_KIND_INCLUDE, .to = { .rows = r } }
#define TOOL_CONTAINER            TOOL_ROWS(tool_container_rows) /* NAME -n --rcfile and the next */
#define TOOL_CONTAINER_F          TOOL_ROWS(tool_container_f_rows) /* the same with -f for --rcfile */
#define TOOL_COMMON               TOOL_ROWS(tool_common_rows)    /* -P -o -l -q --json and the next */
#define TOOL_LOG                  TOOL_ROWS(tool_log_rows)       /* the same without -P */
#define TOOL_BASIC                TOOL_ROWS(tool_basic_rows)     /* --help --usage --version */
#define TOOL_END                  { .kind = TOOL_KIND_END }
/* clang-format on */

extern const struct tool_option tool_container_rows[];
extern const struct tool_option tool_container_f_rows[];
extern const struct tool_option tool_common_rows[];
extern const struct tool_option tool_log_rows[];
extern const struct tool_option tool_basic_rows[];

struct tool_info {
	const char *program;
	const char *summary;
	const struct tool_option *options;
	int (*run)(struct tool *t);
	int (*more_help)(struct tool *t); /* after the text of --help, or NULL */
};

#define TOOL(...)                                                     \
	int main(int argc, char **argv)                               \
	{                                                             \
		static const struct tool_info info = { __VA_ARGS__ }; \
                                                                      \
		return tool_main(&info, argc, argv);                  \
	}

int tool_main(const struct tool_info *info, int argc, char **argv);

/* Fill *t and what the options point at: 0, or a result of run() that ends the program. */
int tool_parse(struct tool *t, int argc, char **argv);

/* The texts of --help and --usage. */
void tool_help(const struct tool *t, FILE *out);
void tool_usage(const struct tool *t, FILE *out);

/* The whole of text as a number; false unless it is one. */
bool tool_number(const char *text, long *ret_number);

/* Append a copy of item to a NULL-terminated list. */
void tool_list_add(char ***list, const char *item);

/*
 * The container that the command line names, configured by --rcfile if that is given.
 * NULL on failure.  tool_control() also fails when the caller may not command it.
 */
struct lxc_container *tool_container(struct tool *t);
struct lxc_container *tool_control(struct tool *t);

/* Set "KEY = VALUE" in memory, by the rules of configuration files: 0 or TOOL_FAILED. */
int tool_define(struct tool *t, struct lxc_container *c, const char *definition);

/* An item of the configuration and the option that sets it; a table of them ends with NULL. */
struct tool_setting {
	const char *key;
	const char **value;
};

/* The definitions (NULL: none), then the settings whose options were given: 0 or TOOL_FAILED. */
int tool_configure(struct tool *t, struct lxc_container *c, char **definitions,
		   const struct tool_setting *settings);

/* Signals to this program go to the container's init from now on: 0 or TOOL_FAILED. */
int tool_forward_signals(struct tool *t, struct lxc_container *c);

static inline void tool_putp(struct lxc_container **c)
{
	if (*c)
		lxc_container_put(*c);
}

#define _cleanup_container_ __attribute__((cleanup(tool_putp)))

/* "PROGRAM: message" on standard error, without raw control characters; TOOL_FAILED. */
int tool_error(struct tool *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The remedy that the next tool_error() shows beside its message.  Returns t. */
struct tool *tool_hint(struct tool *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The last error of the library and its hint, unless something was reported already. */
void tool_report(struct tool *t);

/* Text as it is, or with control characters replaced when the stream is a terminal. */
void tool_print(FILE *out, const char *text);

/* Everything that was printed reached standard output: 0, otherwise TOOL_FAILED. */
int tool_flush(struct tool *t);

/* JSON on standard output: a value, within an object preceded by its key, else key NULL. */
void tool_json_open(const char *key, char bracket);
void tool_json_close(char bracket);
void tool_json_text(const char *key, const char *value);
void tool_json_number(const char *key, long long value);
void tool_json_bool(const char *key, bool value);

#endif
