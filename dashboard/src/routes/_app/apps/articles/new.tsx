import { createFileRoute } from "@tanstack/react-router";

import { NewScreen } from "@/apps/articles/editor/NewScreen";

export const Route = createFileRoute("/_app/apps/articles/new")({ component: NewScreen });
