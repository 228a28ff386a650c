/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Start a container, wait until it runs, ask it to shut down, wait until it has stopped:
 *
 *	cc -o start-wait start-wait.c $(pkg-config --cflags --libs lxc)
 *	./start-wait NAME [PATH]
 */
#include <stdio.h>
#include <unistd.h>

#include <lxc/lxc.h>

#define SHUTDOWN_SECONDS 30
#define BOOT_SECONDS 1 /* an init that has only begun does not listen yet */

/* Every failure leaves an error that says what to do about it. */
static int fail(void)
{
	const struct lxc_error *error = lxc_last_error();
	const char *hint = lxc_error_hint(error);

	fprintf(stderr, "%s\n", lxc_error_message(error));
	if (hint)
		fprintf(stderr, "hint: %s\n", hint);
	return 1;
}

static int run(struct lxc_container *c)
{
	if (!lxc_container_start(c, 0, NULL))
		return fail();
	printf("%s runs, its init is process %d\n", c->name,
	       (int)lxc_container_init_pid(c));
	sleep(BOOT_SECONDS);
	if (!lxc_container_shutdown(c, SHUTDOWN_SECONDS)) {
		fail();
		puts("killing it");
		if (!lxc_container_stop(c))
			return fail();
	}
	if (!lxc_container_wait(c, "STOPPED", SHUTDOWN_SECONDS))
		return fail();
	printf("%s has stopped\n", c->name);
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc < 2) {
		fprintf(stderr, "usage: %s NAME [PATH]\n", argv[0]);
		return 2;
	}
	struct lxc_container *c = lxc_container_new(argv[1], argc > 2 ? argv[2] : NULL);
	if (!c)
		return fail();
	int status = run(c);

	lxc_container_put(c);
	return status;
}
