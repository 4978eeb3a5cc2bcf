import { useLocation } from "@tanstack/react-router";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { type Asked, answering, show } from "@/test/show";

import { LoginForm } from "./LoginForm";

const WAIT = { timeout: 20_000 };
let asked: Asked[] = [];
let answers: Response[] = [];

function refusal(code: string, detail: string, status: number, headers: Record<string, string> = {}): Response {
  return Response.json({ code, detail }, { status, headers });
}

function Where() {
  return <p>at {useLocation().pathname}</p>;
}

beforeEach(async () => {
  asked = answering({ "POST /api/v1/auth/login": () => answers.shift() });
  show(
    <>
      <LoginForm next="/jobs" />
      <Where />
    </>,
  );
  await screen.findByRole("button", { name: "Sign in" }, WAIT);
});
afterEach(() => vi.unstubAllGlobals());

async function signIn(): Promise<void> {
  await userEvent.type(screen.getByLabelText("E-mail"), "ada@example.com");
  await userEvent.type(screen.getByLabelText("Password"), "seven mill wheels");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

test("what is missing is said beside its field, and nothing is sent", async () => {
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect(screen.getByLabelText("E-mail")).toHaveAccessibleDescription("Enter your e-mail address");
  expect(screen.getByLabelText("E-mail")).toHaveFocus();
  expect(asked).toEqual([]);
});

test("the code of the second factor is asked for once the password is right, and sent with it", async () => {
  answers = [
    refusal("second_factor_needed", "Send the code, too", 401),
    refusal("second_factor_needed", "The code is wrong", 401),
    Response.json({ token: "t" }),
  ];
  await signIn();
  const code = await screen.findByLabelText("Code of your authenticator app", {}, WAIT);
  expect(screen.queryByRole("alert")).toBeNull();
  await userEvent.type(code, "000000");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("alert", {}, WAIT)).toHaveTextContent("The code is wrong");
  await userEvent.click(screen.getByRole("button", { name: "Use a recovery code instead" }));
  await userEvent.type(screen.getByLabelText("Recovery code"), " abcd-efgh ");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await screen.findByText("at /jobs", {}, WAIT);
  expect(asked.at(-1)?.body).toEqual({ email: "ada@example.com", password: "seven mill wheels", code: "abcd-efgh" });
});

test("a delay is told and counted down, and then one may try again", async () => {
  answers = [refusal("too_many_attempts", "Wait", 429, { "Retry-After": "2" }), Response.json({ token: "t" })];
  await signIn();
  expect(await screen.findByRole("button", { name: /^Try again in [12] s$/ }, WAIT)).toBeDisabled();
  await waitFor(() => expect(screen.getByRole("button", { name: "Sign in" })).toBeEnabled(), WAIT);
  expect(screen.getByRole("alert")).toHaveTextContent("Try again now.");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await screen.findByText("at /jobs", {}, WAIT);
});
