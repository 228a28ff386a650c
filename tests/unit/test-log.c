/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Log records: their line, and who gets which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "util/file.h"
#include "util/log.h"

#define TIME "[0-9]{14}\\.[0-9]{3}"

static int file = NO_FD, errors = NO_FD; /* the latter stands for standard error */

static int open_files(void **state)
{
	file = memfd_create("log", MFD_CLOEXEC);
	errors = memfd_create("errors", MFD_CLOEXEC);
	return file < 0 || errors < 0;
}

static int close_files(void **state)
{
	log_set_process_sink(NULL);
	log_set_thread_sink(NULL);
	close_p(&file);
	close_p(&errors);
	return 0;
}

/* What was written since the last time. */
static char *take(int fd)
{
	char *text = NULL;

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(file_read_fd(fd, &text, NULL), 0);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return text;
}

static void expect_match(int fd, const char *pattern)
{
	_cleanup_free_ char *text = take(fd);
	regex_t regex;

	assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	int r = regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	if (r)
		fail_msg("\"%s\" is not as %s", text, pattern);
}

/* --- levels --- */

static const struct {
	const char *text;
	int level;
} levels[] = {
	{ "TRACE", LOG_LEVEL_TRACE },
	{ "trace", 0 },
	{ "DEBUG", LOG_LEVEL_DEBUG },
	{ "Info", LOG_LEVEL_INFO },
	{ "NOTICE", 3 },
	{ "warn", 4 },
	{ "ERROR", 5 },
	{ "CRIT", 6 },
	{ "ALERT", 7 },
	{ "FATAL", 8 },
	{ "0", 0 },
	{ "8", 8 },
	{ "9", -EINVAL },
	{ "NOTSET", -EINVAL },
	{ "-1", -EINVAL },
	{ "", -EINVAL },
	{ "WARNING", -EINVAL },
	{ "info ", -EINVAL },
};

static void test_levels(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		assert_int_equal(log_level_parse(levels[i].text), levels[i].level);
	for (int i = 0; i < LOG_LEVEL_NOTSET; i++)
		assert_int_equal(log_level_parse(log_level_name(i)), i);
	assert_string_equal(log_level_name(LOG_LEVEL_NOTSET), "NOTSET");
	assert_null(log_level_name(-1));
	assert_null(log_level_name(LOG_LEVEL_NOTSET + 1));
}

/* --- lines --- */

static void test_line(void **state)
{
	const struct log_sink sink = {
		.fd = file, .level = LOG_LEVEL_TRACE, .prefix = "lxc-start", .name = "c1"
	};
	const struct log_sink bare = { .fd = file, .level = LOG_LEVEL_TRACE };

	log_set_process_sink(&sink);
	log_record(LOG_LEVEL_WARN,
		   &(struct log_place){ "src/liblxc/core/start.c", "start_it", 42 },
		   "%s %d", "a", 7);
	expect_match(file, "^lxc-start c1 " TIME
			   " WARN     start - start\\.c:start_it:42 - a 7\n$");
	log_record(LOG_LEVEL_DEBUG, &(struct log_place){ "noext", "f", 1 }, "%s", "");
	expect_match(file, "^lxc-start c1 " TIME " DEBUG    noext - noext:f:1 - \n$");
	log_set_process_sink(&bare);
	log_info("%s", "hello");
	expect_match(file, "^lxc " TIME " INFO     test-log - test-log\\.c:test_line:"
			   "[0-9]+ - hello\n$");
}

static void test_threshold(void **state)
{
	for (int lowest = 0; lowest <= LOG_LEVEL_NOTSET; lowest++) {
		const struct log_sink sink = { .fd = file, .level = lowest };

		log_set_process_sink(&sink);
		for (int level = 0; level < LOG_LEVEL_NOTSET; level++) {
			log_record(level, &(struct log_place){ "f.c", "f", 1 }, "text");
			_cleanup_free_ char *text = take(file);
			assert_int_equal(!*text, level < lowest);
			if (*text)
				assert_non_null(strstr(text, log_level_name(level)));
		}
	}
	const struct log_sink none = { .fd = -1, .level = 0 };
	log_set_process_sink(&none);
	log_record(LOG_LEVEL_FATAL, &(struct log_place){ "f.c", "f", 1 }, "text");
}

static void test_to_stderr(void **state)
{
	const struct log_sink sink = { .fd = file,
				       .level = LOG_LEVEL_FATAL,
				       .to_stderr = true };
	_cleanup_close_ int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);

	assert_true(saved >= 0);
	assert_int_equal(dup2(errors, STDERR_FILENO), STDERR_FILENO);
	log_set_process_sink(&sink);
	log_record(LOG_LEVEL_WARN, &(struct log_place){ "f.c", "f", 1 }, "quiet");
	log_record(LOG_LEVEL_ERROR, &(struct log_place){ "f.c", "f", 1 }, "loud");
	assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	expect_match(file, "^$");
	expect_match(errors, "^lxc " TIME " ERROR    f - f\\.c:f:1 - loud\n$");
}

/* However long the message: one record of 4 KiB at most that ends its line. */
static void test_long(void **state)
{
	const struct log_sink sink = { .fd = file };
	char message[6000];

	log_set_process_sink(&sink);
	memset(message, 'm', sizeof(message));
	for (size_t n = 3900; n < 4200; n++) {
		log_record(LOG_LEVEL_INFO, &(struct log_place){ "f.c", "f", 1 }, "%.*s",
			   (int)n, message);
		_cleanup_free_ char *text = take(file);
		size_t size = strlen(text);

		assert_in_range(size, 3900, 4096);
		assert_int_equal(strcspn(text, "\n"), size - 1);
	}
}

static void *log_in_thread(void *sink)
{
	log_warn("before");
	log_set_thread_sink(sink);
	log_warn("after");
	log_set_thread_sink(NULL);
	return NULL;
}

/* A thread's sink is its own; the process's is everybody's. */
static void test_sinks(void **state)
{
	const struct log_sink ours = { .fd = file, .name = "c1" };
	const struct log_sink theirs = { .fd = errors, .name = "c2" };
	pthread_t thread;

	log_set_thread_sink(&ours);
	assert_int_equal(pthread_create(&thread, NULL, log_in_thread, (void *)&theirs),
			 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	expect_match(file, "^$");
	expect_match(errors, "^lxc c2 [^\n]* - after\n$");
	log_set_process_sink(&theirs);
	log_warn("both");
	expect_match(file, "^lxc c1 [^\n]* - both\n$");
	expect_match(errors, "^lxc c2 [^\n]* - both\n$");
	log_set_thread_sink(NULL);
	log_warn("one");
	expect_match(file, "^$");
	expect_match(errors, "^lxc c2 [^\n]* - one\n$");
}

static void test_errno(void **state)
{
	const struct log_sink closed = { .fd = 9999 };

	log_set_process_sink(&closed);
	errno = ENOTTY;
	log_warn("lost");
	assert_int_equal(errno, ENOTTY);
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, open_files, close_files)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILES(test_levels),    WITH_FILES(test_line),
		WITH_FILES(test_threshold), WITH_FILES(test_to_stderr),
		WITH_FILES(test_long),	    WITH_FILES(test_sinks),
		WITH_FILES(test_errno),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
