/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diagnosis of what is installed, and of the directories that containers lie in. */
#include <dlfcn.h>
#include <lxc/version.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "core/doctor.h"
#include "core/plan.h"
#include "core/start.h"
#include "util/path.h"
#include "util/spawn.h"

#define ROOM_LEAST (256u << 20)
#define INODES_LEAST 10000
#define PROGRAM_TIMEOUT_MS 5000
#define OUTPUT_MAX (1u << 20)

static void check_path(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	const char *path = d->lxcpath;
	struct stat st;

	if (stat(path, &st) < 0)
		doctor_add(d, c,
			   errno == ENOENT ? LXC_FINDING_WARNING : LXC_FINDING_PROBLEM,
			   errno == ENOENT ? "the first lxc-create makes it" : c->remedy,
			   "%s: %s", path, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		doctor_bad(d, c, "%s is no directory", path);
	else if (st.st_mode & S_IWOTH)
		doctor_bad(
			d, c,
			"everybody may write to %s, and so start programs as its owner",
			path);
	else if (geteuid() == 0 && st.st_uid != 0)
		doctor_add(d, c, LXC_FINDING_WARNING, c->remedy,
			   "%s belongs to user %u, whose configurations root would run",
			   path, st.st_uid);
	else if (access(path, W_OK | X_OK) < 0)
		doctor_bad(d, c, "%s cannot be written by this user", path);
	else
		doctor_ok(d, c, "%s", path);
}

static void check_room(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	struct statvfs fs;

	if (statvfs(d->lxcpath, &fs) < 0)
		return; /* the check above has said so */
	uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (room == 0)
		doctor_add(d, c, LXC_FINDING_PROBLEM, c->remedy, "none left in %s",
			   d->lxcpath);
	else if (room < ROOM_LEAST)
		doctor_bad(d, c, "%llu MB left in %s", (unsigned long long)room >> 20,
			   d->lxcpath);
	else if (fs.f_files && fs.f_favail < INODES_LEAST)
		doctor_bad(d, c, "%llu inodes left in %s",
			   (unsigned long long)fs.f_favail, d->lxcpath);
	else
		doctor_ok(d, c, "%llu MB", (unsigned long long)room >> 20);
}

/* For the locks. */
static void check_runtime(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	const char *path = path_runtime();

	if (!path || access(path, W_OK | X_OK) < 0)
		doctor_bad(d, c, "%s cannot be written", path ? path : "none, which");
	else
		doctor_ok(d, c, "%s", path);
}

static int run_program(const char *path, const char *argument, char **ret_output)
{
	struct deadline limit = deadline_in(PROGRAM_TIMEOUT_MS);
	const struct spawn s = {
		.path = path,
		.argv = (char *[]){ (char *)path, (char *)argument, NULL },
		.fds = { { NO_FD, STDIN_FILENO } },
		.n_fds = 1,
	};
	int status = 0,
	    r = spawn_capture(&s, &limit, OUTPUT_MAX, ret_output, &status, NULL);

	return r;
}

/* It executes what this library has compiled, so both are of one version. */
static void check_monitor(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	_cleanup_free_ char *answer = NULL;
	char expected[64];
	int r = run_program(MONITOR_PROGRAM, "--version", &answer);

	(void)snprintf(expected, sizeof(expected), LXC_VERSION " plan %d", PLAN_VERSION);
	if (r < 0) {
		doctor_bad(d, c, MONITOR_PROGRAM ": %s", strerror(-r));
		return;
	}
	answer[strcspn(answer, "\n")] = '\0';
	if (!strcmp(answer, expected))
		doctor_ok(d, c, "%s", answer);
	else
		doctor_bad(d, c,
			   MONITOR_PROGRAM
			   " is of another version than this library, " LXC_VERSION);
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat first, second;

	return stat(a, &first) == 0 && stat(b, &second) == 0 &&
	       first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* The first line of ldconfig -p that names the library ends with its path. */
static char *linker_finds(const char *soname)
{
	_cleanup_free_ char *text = NULL, *ldconfig = doctor_program("ldconfig");

	if (!ldconfig || run_program(ldconfig, "-p", &text) < 0)
		return NULL;
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		char *path = strstr(line, "=> ");

		line += strspn(line, " \t");
		if (path && !strncmp(line, soname, strlen(soname)) &&
		    line[strlen(soname)] == ' ')
			return strdup(path + 3);
	}
	return NULL;
}

static void check_library(struct lxc_diagnosis *d, const struct doctor_check *c)
{
	_cleanup_free_ char *found = linker_finds("liblxc.so.1");
	Dl_info own;

	if (!dladdr(doctor_files, &own) || !strstr(own.dli_fname, ".so"))
		doctor_ok(d, c, "linked into the program");
	else if (!found)
		doctor_bad(d, c, "programs do not find %s", own.dli_fname);
	else if (is_same_file(found, own.dli_fname))
		doctor_ok(d, c, "%s", found);
	else
		doctor_bad(d, c, "programs find %s, this is %s", found, own.dli_fname);
}

/* clang-format off */
#define INSTALL "install liblxc completely: make install"

const struct doctor_check doctor_files[] = {
	{ "files", "container path", check_path, LXC_FINDING_PROBLEM, "it has to be a directory of mode 0755 or less that belongs to who starts containers from it" },
	{ "files", "room",           check_room, LXC_FINDING_WARNING, "delete what is not needed, or move lxc.lxcpath" },
	{ "files", "run time",       check_runtime, LXC_FINDING_PROBLEM, "set XDG_RUNTIME_DIR to a directory of this user" },
	{ "files", "lxc-monitor",    check_monitor, LXC_FINDING_PROBLEM, INSTALL },
	{ "files", "templates",      doctor_exists, LXC_FINDING_WARNING, INSTALL, .file = PATH_TEMPLATES },
	{ "files", "root mount point", doctor_exists, LXC_FINDING_PROBLEM, INSTALL, .file = PATH_ROOTFS_MOUNT },
	{ "files", "library",        check_library, LXC_FINDING_WARNING, "run ldconfig as root; its directory has to stand in /etc/ld.so.conf" },
	{ NULL }
};
