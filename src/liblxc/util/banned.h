/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Functions that have no place in this project; every file is compiled with this one.
 * Use buf_ for text, parse_ for numbers, spawn_ for programs.
 */
#ifndef UTIL_BANNED_H
#define UTIL_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol strtol strtoul
#pragma GCC poison gmtime localtime system popen

#endif
