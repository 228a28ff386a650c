/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Run a program inside a running container and pass its exit status on:
 *
 *	cc -o attach-run attach-run.c $(pkg-config --cflags --libs lxc)
 *	./attach-run NAME PATH PROGRAM [ARGUMENT]...
 *
 * The program is a child of this process, with its standard input and output, and with an
 * environment that holds nothing of ours but TERM.
 */
#include <stdio.h>
#include <sys/wait.h>

#include <lxc/lxc.h>

int main(int argc, char *argv[])
{
	static char term[] = "TERM", root[] = "/";
	char *keep[] = { term, NULL };
	lxc_attach_options_t options = LXC_ATTACH_OPTIONS_DEFAULT;

	if (argc < 4) {
		fprintf(stderr, "usage: %s NAME PATH PROGRAM [ARGUMENT]...\n", argv[0]);
		return 2;
	}
	struct lxc_container *c = lxc_container_new(argv[1], argv[2]);
	if (!c) {
		fprintf(stderr, "%s\n", lxc_error_message(lxc_last_error()));
		return 1;
	}
	options.env_policy = LXC_ATTACH_CLEAR_ENV;
	options.extra_keep_env = keep;
	options.initial_cwd = root;
	lxc_error_clear_last();
	int status = lxc_container_attach_run_wait(c, &options, argv[3],
						   (const char *const *)argv + 3);
	if (lxc_last_error())
		fprintf(stderr, "%s\n", lxc_error_message(lxc_last_error()));
	lxc_container_put(c);
	if (status < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
