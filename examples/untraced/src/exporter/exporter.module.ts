import { Module } from '@nestjs/common';
import { clientsFor } from '../queues.js';
import { Exporter } from './exporter.js';
import { ResultStore } from './result-store.js';
import { ResultsController } from './results.controller.js';

@Module({
  imports: [clientsFor('notifications')],
  controllers: [ResultsController],
  providers: [Exporter, ResultStore],
})
// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module is a class
export class ExporterModule {}
