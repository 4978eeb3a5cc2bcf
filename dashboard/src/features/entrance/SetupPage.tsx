import { Code, Stack, TextInput } from "@mantine/core";

import { api, ask } from "@/api/client";
import { Refusal } from "@/features/forms/Refusal";
import { useSend } from "@/features/forms/useSend";
import { ActButton } from "@/ui/ActButton";

import { ACCOUNT_REQUIRED, AccountFields } from "./AccountFields";
import { Frame } from "./Frame";
import { useArrival } from "./queries";

const REQUIRED = { ...ACCOUNT_REQUIRED, code: "Enter the code that the server showed" };

/** The first run: the code of the terminal makes the first administrator. */
export function SetupPage({ code: known }: { code?: string }) {
  const arrive = useArrival();
  const { errors, problem, wait, isBusy, onSubmit } = useSend({
    required: REQUIRED,
    send: async ({ code = "", name = "", email = "", password = "" }) => {
      await ask(api.POST("/api/v1/auth/setup", { body: { code, name, email, password } }));
      arrive();
    },
  });
  return (
    <Frame
      title="Set up"
      about="Nobody has an account here yet. The code that the server shows when it starts makes you the first administrator."
    >
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="md">
          <TextInput
            label="Set-up code"
            name="code"
            autoComplete="off"
            spellCheck={false}
            autoFocus={!known}
            defaultValue={known}
            maxLength={100}
            size="md"
            description={
              <>
                In the terminal of <Code>headrace up</Code>, or the log of <Code>headrace web</Code>. It is good for an
                hour.
              </>
            }
            error={errors.code}
          />
          <AccountFields errors={errors} />
          <Refusal problem={problem} wait={wait} />
          <ActButton type="submit" size="md" fullWidth loading={isBusy} disabled={wait > 0}>
            Make the account
          </ActButton>
        </Stack>
      </form>
    </Frame>
  );
}
