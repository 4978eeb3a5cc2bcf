/** The apps with screens of their own, in the order of the menu. A new one is registered here, and nowhere else. */

import type { AppScreens } from "./app";
import { ARTICLES } from "./articles/screens";

export const APPS: AppScreens[] = [ARTICLES];
