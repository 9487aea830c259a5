// A plugin for esbuild: what is used of a package is evaluated when it is used first, not when the bundle is imported.
//
// For packages that make tables as they are loaded and that few programs come to use.

/**
 * @param name - As sources import it.
 * @param members - Functions and classes that are used of it: a name with a capital is a class.
 */
export function lazyModule(name, members) {
  return {
    name: `${name}, when it is used`,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, ({ resolveDir }) => ({
        path: name,
        namespace: "lazy",
        pluginData: resolveDir,
      }));
      build.onLoad({ filter: /.*/, namespace: "lazy" }, async ({ pluginData: resolveDir }) => ({
        contents: whenUsed(await wholeText(build, name, members, resolveDir), members),
      }));
    },
  };
}

/** A script that defines `found`, an object with the members. */
async function wholeText({ esbuild, initialOptions }, name, members, resolveDir) {
  const { platform, target, mainFields, conditions } = initialOptions;
  const { outputFiles } = await esbuild.build({
    stdin: { contents: `export { ${members.join(", ")} } from ${JSON.stringify(name)};`, resolveDir },
    bundle: true,
    write: false,
    format: "iife",
    globalName: "found",
    platform,
    target,
    mainFields,
    conditions,
  });
  return outputFiles[0].text;
}

function whenUsed(text, members) {
  const forwarding = members.map((member) => {
    const call = /^[A-Z]/.test(member) ? `new (used().${member})(...values)` : `used().${member}(...values)`;
    // A function that returns an object can be called with `new`.
    return `export function ${member}(...values) { return ${call}; }`;
  });
  return `
    function evaluated() { ${text} return found; }
    let module;
    const used = () => module ??= evaluated();
    ${forwarding.join("\n")}`;
}
