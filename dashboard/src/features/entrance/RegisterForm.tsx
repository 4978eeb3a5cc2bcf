import { Stack } from "@mantine/core";

import { api, ask } from "@/api/client";
import { Refusal } from "@/features/forms/Refusal";
import { useSend } from "@/features/forms/useSend";
import { ActButton } from "@/ui/ActButton";

import { ACCOUNT_REQUIRED, AccountFields } from "./AccountFields";
import { useArrival } from "./queries";

/** Name, e-mail and password of the one who registers. */
export function RegisterForm({ token, email: invited }: { token?: string; email?: string | null }) {
  const arrive = useArrival();
  const { errors, problem, wait, isBusy, onSubmit } = useSend({
    required: ACCOUNT_REQUIRED,
    send: async ({ name = "", email = "", password = "" }) => {
      const body = { name, email, password, invitation: token ?? null };
      await ask(api.POST("/api/v1/auth/register", { body }));
      arrive();
    },
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="md">
        <AccountFields errors={errors} email={invited} />
        <Refusal problem={problem} wait={wait} />
        <ActButton type="submit" size="md" fullWidth loading={isBusy} disabled={wait > 0}>
          Make the account
        </ActButton>
      </Stack>
    </form>
  );
}
