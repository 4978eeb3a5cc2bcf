import { Alert, Anchor, Button, Divider, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { BASE } from "@/api/client";
import { TextLink } from "@/ui/links";

import { Frame } from "./Frame";
import { LoginForm } from "./LoginForm";
import { goalOf } from "./goal";
import { optionsQuery } from "./queries";

interface Props {
  next?: string;
  /** What went wrong at the OpenID provider. */
  problem?: string;
}

/** Sign in by password, or at the OpenID provider where there is one. */
export function LoginPage({ next, problem }: Props) {
  const options = useQuery(optionsQuery).data;
  const elsewhere = `${BASE}/api/v1/auth/oidc?${new URLSearchParams({ next: goalOf(next) }).toString()}`;
  return (
    <Frame title="Sign in">
      {problem && (
        <Alert color="red" role="alert" p="xs">
          {problem}
        </Alert>
      )}
      <LoginForm next={next} />
      {options?.openid && (
        <Stack gap="md">
          <Divider label="or" />
          <Button component="a" href={elsewhere} variant="default" size="md" fullWidth>
            Sign in with {options.openid}
          </Button>
        </Stack>
      )}
      {options?.registration === "open" && (
        <Text size="sm" c="dimmed">
          No account yet?{" "}
          <TextLink to="/register" size="sm" underline="always">
            Make an account
          </TextLink>
        </Text>
      )}
      {options?.is_signed_in && (
        <Anchor href={goalOf(next)} size="sm">
          Go on without signing in
        </Anchor>
      )}
    </Frame>
  );
}
