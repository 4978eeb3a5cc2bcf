import { Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { api, ask } from "@/api/client";
import { PasswordField } from "@/features/forms/PasswordField";
import { Refusal } from "@/features/forms/Refusal";
import { useSend } from "@/features/forms/useSend";
import { ActButton } from "@/ui/ActButton";
import { Shown } from "@/ui/Shown";

import { Frame } from "./Frame";
import { linkQuery } from "./queries";

/** A new password by the link that an administrator made. */
export function ResetPage({ token }: { token: string }) {
  const link = useQuery({ ...linkQuery("reset", token), enabled: token !== "" });
  if (!token) {
    return (
      <Frame title="Set a password">
        <Text size="sm">
          This page takes the whole link that an administrator made for you; its end behind the # is missing.
        </Text>
      </Frame>
    );
  }
  return (
    <Frame title="Set a password" about={link.data?.email ? `For ${link.data.email}. All sessions end.` : undefined}>
      <Shown query={link} lines={3}>
        {({ email }) => <ResetForm token={token} email={email} />}
      </Shown>
    </Frame>
  );
}

function ResetForm({ token, email }: { token: string; email: string | null }) {
  const navigate = useNavigate();
  const { errors, problem, wait, isBusy, onSubmit } = useSend({
    required: { password: "Enter a password" },
    send: async ({ password = "" }) => {
      await ask(api.POST("/api/v1/auth/reset", { body: { token, password } }));
      notifications.show({ message: "The password is set. Sign in with it.", color: "teal" });
      await navigate({ to: "/login", replace: true });
    },
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="md">
        <input type="hidden" name="username" autoComplete="username" value={email ?? ""} readOnly />
        <PasswordField label="New password" isNew autoFocus size="md" error={errors.password} />
        <Refusal problem={problem} wait={wait} />
        <ActButton type="submit" size="md" fullWidth loading={isBusy} disabled={wait > 0}>
          Set the password
        </ActButton>
      </Stack>
    </form>
  );
}
