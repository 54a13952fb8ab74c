import { Option } from 'commander';
import { text } from '#core-values';
import type { CliContext } from './context.ts';

export const directoryOption = ({ language }: CliContext): Option =>
  new Option(
    '--directory <folder>',
    text(
      'its folder, if not where sekisho.yaml says',
      'スタックのフォルダー(sekisho.yaml の指定と異なる場合)',
    )[language],
  );

export const terraformOption = ({ env, language }: CliContext): Option =>
  new Option('--terraform <program>', text('terraform or tofu', 'terraform または tofu')[language]).default(
    env.SEKISHO_TERRAFORM ?? 'terraform',
  );
