// What is tried here goes to where this page is from, under whatever name and port that was reached.
const here = {
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (update) => (spec) =>
          update({ ...spec, servers: [{ url: window.location.origin, description: "This machine" }] }),
      },
    },
  },
};

SwaggerUIBundle({
  url: "/openapi.yaml",
  dom_id: "#viewer",
  plugins: [here],
  tryItOutEnabled: true,
  // The default sends the description to another host.
  validatorUrl: null,
});
