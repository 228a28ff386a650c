/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration of the kernel, from where distributions put it, and its modules. */
#include "kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <zlib.h>

static char *config; /* text, after a newline */
static char *modules; /* of /proc/modules, likewise */

/* The file, compressed or not, after a newline; or NULL. */
static char *read_text(const char *path)
{
	gzFile in = gzopen(path, "rbe");
	size_t n = 1, size = 1 << 20;
	char *text = in ? malloc(size) : NULL;
	int got = 0;

	while (text && (got = gzread(in, text + n, (unsigned int)(size - n - 1))) > 0)
		n += (size_t)got;
	if (in)
		gzclose(in);
	if (!text || got < 0 || n == 1) {
		free(text);
		return NULL;
	}
	text[0] = '\n';
	text[n] = '\0';
	return text;
}

bool kernel_open(void)
{
	const char *chosen = getenv("CONFIG");
	char paths[4][256];
	struct utsname u;

	uname(&u);
	snprintf(paths[0], sizeof(paths[0]), "%s", chosen ? chosen : "/proc/config.gz");
	snprintf(paths[1], sizeof(paths[1]), "/proc/config.gz");
	snprintf(paths[2], sizeof(paths[2]), "/lib/modules/%s/build/.config", u.release);
	snprintf(paths[3], sizeof(paths[3]), "/boot/config-%s", u.release);
	for (size_t i = 0; i < 4; i++) {
		config = read_text(paths[i]);
		if (config && i > 0)
			printf("Kernel configuration found at %s\n", paths[i]);
		if (config)
			break;
		if (i == 0)
			printf("Kernel configuration not found at %s; searching...\n",
			       paths[i]);
	}
	modules = read_text("/proc/modules");
	return config;
}

void kernel_close(void)
{
	free(config);
	free(modules);
}

char kernel_option(const char *option)
{
	char line[80];
	int n = snprintf(line, sizeof(line), "\nCONFIG_%s=", option);
	const char *found = strstr(config, line);

	return found ? found[n] : 'n';
}

bool kernel_has_module(const char *module)
{
	char line[80];

	snprintf(line, sizeof(line), "\n%s ", module);
	return modules && strstr(modules, line);
}
