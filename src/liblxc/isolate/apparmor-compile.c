/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Profiles are compiled by apparmor_parser(8), which reads the text and writes the program, and
 * loads nothing: that is the monitor's part.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "isolate/apparmor-profile.h"
#include "util/cache.h"
#include "util/file.h"
#include "util/log.h"
#include "util/spawn.h"

#define OUTPUT_MAX 4096
#define TIMEOUT_MS 60000
#define PROGRAM_FD 3 /* in the parser */

/* Not in every PATH, and not to be taken from there before. */
static const char *find_parser(void)
{
	static const char *const places[] = { "/usr/sbin/apparmor_parser",
					      "/sbin/apparmor_parser" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return "apparmor_parser";
}

/* What is true of this parser on this kernel. */
static char *cache_key(const char *parser, const char *text)
{
	_cleanup_buf_ struct buf key = {};
	struct utsname kernel;
	struct stat st = {};

	if (stat(parser, &st) < 0 || uname(&kernel) < 0)
		return NULL;
	buf_printf(&key, "%s %s\n%s %lld.%09ld %lld\n%s", kernel.release, kernel.version,
		   parser, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
		   (long long)st.st_size, text);
	return buf_steal(&key);
}

/* --- its version --- */

bool apparmor_version_is_exact(const char *version)
{
	static const char before[] = "version ";
	const char *p = strstr(version, before);
	unsigned int number[3] = {};

	p = p ? p + strlen(before) : "";
	for (size_t i = 0; i < ARRAY_SIZE(number) && *p; i++) {
		for (; *p >= '0' && *p <= '9'; p++)
			number[i] = number[i] * 10 + *p - '0';
		if (*p != '.')
			break;
		p++;
	}
	if (number[0] != 3)
		return number[0] > 3;
	return number[1] > 1 || number[2] >= (number[1] ? 5 : 11);
}

static bool ask_version(const char *parser)
{
	_cleanup_free_ char *output = NULL;
	struct deadline d = deadline_in(TIMEOUT_MS);
	struct lxc_error *err = NULL;
	int status = 0;
	struct spawn s = {
		.path = parser,
		.argv = (char *[]){ (char *)"apparmor_parser", (char *)"--version",
				    NULL },
		.what = "AppArmor",
	};

	int r = spawn_capture(&s, &d, OUTPUT_MAX, &output, &status, &err);
	/* one that cannot be run says so when it is needed */
	error_clear(&err);
	return r == 0 && status == 0 && apparmor_version_is_exact(output);
}

bool apparmor_parser_is_exact(const char *cache)
{
	const char *parser = find_parser();
	_cleanup_free_ char *key = cache_key(parser, "exact?"), *known = NULL;
	size_t size = 0;

	if (key && cache_get(cache, key, (void **)&known, &size) == 0 && size == 1)
		return *known == 'y';
	bool exact = ask_version(parser);
	if (key)
		(void)cache_put(cache, key, exact ? "y" : "n", 1);
	return exact;
}

/* --- compiling --- */

static int text_file(const char *text)
{
	_cleanup_close_ int fd = memfd_create("lxc-profile", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	int r = file_write_all(fd, text, strlen(text));
	if (r < 0)
		return r;
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : steal_fd(fd);
}

/* "AppArmor parser error … line 12: syntax error": the line says more than its number. */
static void explain(const char *output, const char *text, struct lxc_error **err)
{
	const char *fault = strstr(output, "error");
	const char *number = fault ? strstr(fault, "line ") : NULL;
	unsigned int line = 0;

	while (fault && fault > output && fault[-1] != '\n')
		fault--;
	if (!fault)
		fault = output;
	error_detail(err, "%.*s", (int)strcspn(fault, "\n"), fault);
	for (const char *p = number ? number + 5 : ""; *p >= '0' && *p <= '9'; p++)
		line = line * 10 + *p - '0';
	for (; line > 1 && text; line--) {
		text = strchr(text, '\n');
		text += text ? 1 : 0;
	}
	if (line && text && *text) {
		text += strspn(text, " ");
		error_hint(err, "the parser stops at the line: %.*s",
			   (int)strcspn(text, "\n"), text);
	}
}

static int no_parser(int r, const char *what, struct lxc_error **err)
{
	error_clear(err);
	(void)error_set(err, r, "AppArmor profile", "%s", what);
	error_detail(err, "apparmor_parser is not there to compile it");
	error_hint(err,
		   "install the package apparmor, or set lxc.apparmor.profile to one "
		   "that is loaded, unchanged or unconfined");
	return r;
}

static int run_parser(const char *parser, const char *text, const char *what, int program,
		      struct lxc_error **err)
{
	_cleanup_close_ int input = text_file(text);
	_cleanup_free_ char *output = NULL;
	struct deadline d = deadline_in(TIMEOUT_MS);
	int status = 0;
	struct spawn s = {
		.path = parser,
		.argv = (char *[]){ (char *)"apparmor_parser",
				    (char *)"--skip-kernel-load", (char *)"--skip-cache",
				    (char *)"--Include",
				    (char *)PATH_SYSCONF "/apparmor.d", (char *)"--ofile",
				    (char *)"/proc/self/fd/3", NULL },
		.envp = (char *[]){ (char *)"LC_ALL=C", NULL },
		.fds = { { input, STDIN_FILENO }, { program, PROGRAM_FD } },
		.n_fds = 2,
		.what = "AppArmor",
	};

	if (input < 0)
		return error_set(err, input, "AppArmor profile", "%s", what);
	int r = spawn_capture(&s, &d, OUTPUT_MAX, &output, &status, err);
	if (r == -ENOENT || r == -EACCES)
		return no_parser(r, what, err);
	if (r < 0)
		return error_wrap(err, r, "AppArmor profile", "%s", what);
	if (status == 0)
		return 0;
	(void)error_set_code(err, -EIO, LXC_ERROR_PROGRAM, "AppArmor profile", "%s",
			     what);
	explain(output, text, err);
	return -EIO;
}

int apparmor_compile(const char *text, const char *what, const char *cache,
		     void **ret_program, size_t *ret_size, struct lxc_error **err)
{
	const char *parser = find_parser();
	/* what a text includes may change without it */
	bool may_keep = cache && !strstr(text, "include");
	_cleanup_free_ char *key = may_keep ? cache_key(parser, text) : NULL;
	char *program = NULL;

	if (key && cache_get(cache, key, ret_program, ret_size) == 0)
		return 0;
	_cleanup_close_ int fd = memfd_create("lxc-profile", MFD_CLOEXEC);
	if (fd < 0)
		return error_set(err, -errno, "AppArmor profile", "%s", what);
	int r = run_parser(parser, text, what, fd, err);
	if (r < 0)
		return r;
	r = lseek(fd, 0, SEEK_SET) < 0 ? -errno : file_read_fd(fd, &program, ret_size);
	if (r == 0 && !*ret_size)
		r = -ENODATA;
	if (r < 0) {
		free(program);
		return error_set(err, r, "AppArmor profile", "%s", what);
	}
	*ret_program = program;
	if (key) {
		r = cache_put(cache, key, program, *ret_size);
		if (r < 0)
			log_debug("profile %s: not kept in %s: %s", what, cache,
				  strerror(-r));
	}
	return 0;
}
