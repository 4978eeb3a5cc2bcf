// The API's reference: Swagger UI over our own OpenAPI file, with nothing loaded from elsewhere.
/* global SwaggerUIBundle */
SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  displayOperationId: true,
  displayRequestDuration: true,
  docExpansion: "list",
  tryItOutEnabled: true,
  validatorUrl: null,
  responseInterceptor: (answer) => {
    if (answer.status === 401 && answer.url.endsWith("/openapi.json")) location.assign("/login?next=/docs");
    return answer;
  },
});
