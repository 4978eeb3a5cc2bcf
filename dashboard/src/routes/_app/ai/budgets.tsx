import { createFileRoute } from "@tanstack/react-router";

import { BudgetsScreen } from "@/features/ai/budgets/BudgetsScreen";

/** What AI calls may cost. */
export const Route = createFileRoute("/_app/ai/budgets")({ component: BudgetsScreen });
