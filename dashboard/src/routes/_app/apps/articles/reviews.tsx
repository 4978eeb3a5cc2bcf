import { createFileRoute } from "@tanstack/react-router";

import { ReviewList } from "@/apps/articles/ReviewList";

export const Route = createFileRoute("/_app/apps/articles/reviews")({ component: ReviewList });
