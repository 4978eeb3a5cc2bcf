import { Stack, TextInput } from "@mantine/core";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { Problem } from "@/api/problem";
import { PasswordField } from "@/features/forms/PasswordField";
import { Refusal } from "@/features/forms/Refusal";
import { useSend } from "@/features/forms/useSend";
import { ActButton } from "@/ui/ActButton";

import { CodeField } from "./CodeField";
import { useArrival } from "./queries";

const REQUIRED = { email: "Enter your e-mail address", password: "Enter your password" };

/** E-mail and password, and the code of the second factor once it is asked for. */
export function LoginForm({ next }: { next?: string }) {
  const arrive = useArrival(next);
  const [needsCode, setNeedsCode] = useState(false);
  const { errors, problem, wait, isBusy, onSubmit, clear } = useSend({
    required: needsCode ? { code: "Enter the code" } : REQUIRED,
    send: async ({ email = "", password = "", code }) => {
      try {
        await ask(api.POST("/api/v1/auth/login", { body: { email, password, code: code?.trim() || null } }));
      } catch (reason) {
        const isAsked = reason instanceof Problem && reason.code === "second_factor_needed";
        if (isAsked) setNeedsCode(true);
        if (isAsked && code === undefined) return;
        throw reason;
      }
      arrive();
    },
  });
  const startOver = (): void => {
    setNeedsCode(false);
    clear();
  };
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="md">
        <Stack gap="sm" hidden={needsCode} display={needsCode ? "none" : undefined}>
          <TextInput
            label="E-mail"
            name="email"
            type="email"
            autoComplete="username"
            autoFocus
            maxLength={300}
            size="md"
            error={errors.email}
          />
          <PasswordField size="md" error={errors.password} />
        </Stack>
        {needsCode && <CodeField error={errors.code} onBack={startOver} />}
        <Refusal problem={problem} wait={wait} />
        <ActButton type="submit" size="md" fullWidth loading={isBusy} disabled={wait > 0}>
          {wait > 0 ? `Try again in ${String(wait)} s` : "Sign in"}
        </ActButton>
      </Stack>
    </form>
  );
}
