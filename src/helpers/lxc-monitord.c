/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Passes the changes of all containers of a path on to those who listen: see core/listen.h.
 *
 *   lxc-monitord LXCPATH FD             started by the library: says on FD that it is ready
 *   lxc-monitord --daemon [LXCPATH]     by hand: stays until it is told to quit
 */
#include <stdio.h>
#include <string.h>

#include "conf/global.h"
#include "core/listen.h"
#include "util/parse.h"

static int usage(void)
{
	fputs("usage: lxc-monitord LXCPATH FD\n"
	      "       lxc-monitord --daemon [LXCPATH]\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct lxc_error *err = NULL;
	bool stay = argc >= 2 && !strcmp(argv[1], "--daemon");
	const char *path = stay && argc == 2 ? conf_global("lxc.lxcpath")
			   : stay	     ? argv[2]
			   : argc == 3	     ? argv[1]
					     : NULL;
	unsigned int fd = 0;

	if (!path || argc > 3 || (!stay && parse_uint(argv[2], INT32_MAX, &fd) < 0))
		return usage();
	int r = listen_serve(path, stay ? -1 : (int)fd, stay, &err);
	if (r < 0)
		fprintf(stderr, "lxc-monitord: %s\n", error_message(err));
	error_clear(&err);
	return r < 0;
}
