export { findGit, findSshKeygen } from './git-and-ssh.ts';
export { findMotoServer, installMotoServer, motoVersion } from './moto-server.ts';
export { findProgram, programVersion } from './program.ts';
export { findProviderMirror, writeTerraformCliConfig } from './provider-mirror.ts';
export { findTerraform } from './terraform.ts';
export type { ToolFinding, ToolName, ToolSurroundings } from './tool.ts';
